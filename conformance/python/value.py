# multiprocessing.Value with its lock: no update is lost.
# outcome: 2 => ok
# source: argument
import multiprocessing


def add(number):
    with number.get_lock():
        number.value += 1


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    number = multiprocessing.Value("i", 0)
    children = [multiprocessing.Process(target=add, args=(number,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    print(number.value)
