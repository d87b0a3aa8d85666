"""Wrong: the writer does not sleep after a value, and so the reader is mostly terminated too early."""

import os
from functools import partial
from multiprocessing import Process, Queue

print = partial(print, flush=True)


def write(q):
    print(f"Process to write: {os.getpid()}")
    for value in ["A", "B", "C"]:
        print(f"Put {value} to queue...")
        q.put(value)


def read(q):
    print(f"Process to read: {os.getpid()}")
    while True:
        value = q.get(True)
        print(f"Get {value} from queue.")


if __name__ == "__main__":
    q = Queue()
    pw = Process(target=write, args=(q,))
    pr = Process(target=read, args=(q,))
    pw.start()
    pr.start()
    pw.join()
    pr.terminate()
