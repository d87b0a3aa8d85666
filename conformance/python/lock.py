# multiprocessing.Lock keeps the lines of a process together.
# outcome: a1 | a2 | b1 | b2 => ok
# outcome: b1 | b2 | a1 | a2 => ok
# source: argument
import multiprocessing
import os


def speak(lock, name):
    with lock:
        os.write(1, name + b"1\n")
        os.write(1, name + b"2\n")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    lock = multiprocessing.Lock()
    children = [multiprocessing.Process(target=speak, args=(lock, name)) for name in (b"a", b"b")]
    for child in children:
        child.start()
    for child in children:
        child.join()
