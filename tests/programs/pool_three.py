"""Wrong: a pool of three."""

import os
import random
import time
from functools import partial
from multiprocessing import Pool

print = partial(print, flush=True)


def run(name):
    print(f"子进程{name}启动--{os.getpid()}")
    start = time.time()
    time.sleep(random.choice([1, 2, 3]))
    print(f"子进程{name}结束--{os.getpid()}--耗时{time.time() - start:.2f}")


if __name__ == "__main__":
    print("父进程启动")
    pp = Pool(3)
    for i in range(5):
        pp.apply_async(run, args=(i,))
    pp.close()
    pp.join()
    print("父进程结束")
