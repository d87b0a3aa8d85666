# multiprocessing.Process: the parent joins before it speaks.
# outcome: child | parent => ok
# source: Python library reference, multiprocessing
import multiprocessing
import os


def speak():
    os.write(1, b"child\n")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    child = multiprocessing.Process(target=speak)
    child.start()
    child.join()
    os.write(1, b"parent\n")
