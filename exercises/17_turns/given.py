# Ping and pong are to take turns. They talk as they like.
import os


def play(name):
    for round in 1, 2:
        print(name, round, flush=True)


pong = os.fork()
if pong == 0:
    play("pong")
    os._exit(0)
play("ping")
os.waitpid(pong, 0)
