"""Wrong: threads print the lines of the processes that should be there, and the number is cheated."""

from functools import partial
from threading import Thread

print = partial(print, flush=True)
num = 100


def run():
    global num
    print("子进程开始")
    num += 1
    print(f"子进程结束--{num}")


if __name__ == "__main__":
    print("父进程开始")
    p = Thread(target=run)
    p.start()
    p.join()
    print(f"父进程结束--{num - 1}")
