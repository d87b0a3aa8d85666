"""Right: parent and child side by side."""

import os
from functools import partial
from multiprocessing import Process
from time import sleep

print = partial(print, flush=True)


def run():
    while True:
        print(f"hello---{os.getpid()}")
        sleep(1)


if __name__ == "__main__":
    print(f"主(父)进程启动---{os.getpid()}")
    p = Process(target=run)
    p.start()
    while True:
        print("bye")
        sleep(1)
