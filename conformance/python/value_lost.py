# Two processes add one to a shared value, without its lock: one of the two may be lost.
# outcome: 1 => ok
# outcome: 2 => ok
# source: argument; the documentation of multiprocessing.Value
from multiprocessing import Process, Value


def add(value):
    value.value += 1


if __name__ == "__main__":
    value = Value("i", 0, lock=False)
    children = [Process(target=add, args=(value,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    print(value.value)
