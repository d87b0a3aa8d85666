"""Two processes print 2,000 lines each; with `python3 -u`, which writes a line and its end by two calls, they tear them."""

import multiprocessing
import os


def say():
    for _ in range(2000):
        print(f"hello---{os.getpid()}")


if __name__ == "__main__":
    sayers = [multiprocessing.Process(target=say) for _ in range(2)]
    for sayer in sayers:
        sayer.start()
    for sayer in sayers:
        sayer.join()
