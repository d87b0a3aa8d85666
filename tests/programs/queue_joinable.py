"""Right: the reader says when it has printed a value, and the parent waits for that before it terminates the reader."""

import os
import random
import time
from functools import partial
from multiprocessing import JoinableQueue, Process

print = partial(print, flush=True)


def write(q):
    print(f"Process to write: {os.getpid()}")
    for value in ["A", "B", "C"]:
        print(f"Put {value} to queue...")
        q.put(value)
        time.sleep(random.random())


def read(q):
    print(f"Process to read: {os.getpid()}")
    while True:
        value = q.get(True)
        print(f"Get {value} from queue.")
        q.task_done()


if __name__ == "__main__":
    q = JoinableQueue()
    pw = Process(target=write, args=(q,))
    pr = Process(target=read, args=(q,))
    pw.start()
    pr.start()
    pw.join()
    q.join()
    pr.terminate()
