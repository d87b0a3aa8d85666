"""Right: both children count from the same number."""

from functools import partial
from multiprocessing import Process

print = partial(print, flush=True)
num = 100


def run():
    global num
    print("子进程开始")
    num += 1
    print(f"子进程结束--{num}")


if __name__ == "__main__":
    print("父进程开始")
    p = Process(target=run)
    p.start()
    p.join()
    p2 = Process(target=run)
    p2.start()
    p2.join()
    print(f"父进程结束--{num}")
