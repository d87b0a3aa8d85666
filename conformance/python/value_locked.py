# Two processes add one to a shared value, and hold its lock for that: nothing is lost.
# outcome: 2 => ok
# source: argument; the documentation of multiprocessing.Value
from multiprocessing import Process, Value


def add(value):
    with value.get_lock():
        value.value += 1


if __name__ == "__main__":
    value = Value("i", 0)
    children = [Process(target=add, args=(value,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    print(value.value)
