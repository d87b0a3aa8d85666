# multiprocessing.Process: the parent speaks before it joins.
# outcome: child | parent => ok
# outcome: parent | child => ok
# source: argument
import multiprocessing
import os


def speak():
    os.write(1, b"child\n")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    child = multiprocessing.Process(target=speak)
    child.start()
    os.write(1, b"parent\n")
    child.join()
