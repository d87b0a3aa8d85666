# Ping and pong are to take turns. A pause after each line gives no turn away.
import os
import time


def play(name):
    for round in 1, 2:
        print(name, round, flush=True)
        time.sleep(0.1)


pong = os.fork()
if pong == 0:
    play("pong")
    os._exit(0)
play("ping")
os.waitpid(pong, 0)
