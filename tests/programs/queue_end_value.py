"""Right: the reader ends by itself when it gets the value that means the end."""

import os
import random
import time
from functools import partial
from multiprocessing import Process, Queue

print = partial(print, flush=True)


def write(q):
    print(f"Process to write: {os.getpid()}")
    for value in ["A", "B", "C"]:
        print(f"Put {value} to queue...")
        q.put(value)
        time.sleep(random.random())
    q.put(None)


def read(q):
    print(f"Process to read: {os.getpid()}")
    while (value := q.get(True)) is not None:
        print(f"Get {value} from queue.")


if __name__ == "__main__":
    q = Queue()
    pw = Process(target=write, args=(q,))
    pr = Process(target=read, args=(q,))
    pw.start()
    pr.start()
    pw.join()
    pr.join()
