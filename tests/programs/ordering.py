"""Right: the parent says that it ends, and does not wait for its child to do so."""

from functools import partial
from multiprocessing import Process
from time import sleep

print = partial(print, flush=True)


def run(name):
    print("子进程启动")
    sleep(3)
    print("子进程结束")


if __name__ == "__main__":
    print("父进程启动")
    p = Process(target=run, args=("nice",))
    p.start()
    print("父进程结束")
