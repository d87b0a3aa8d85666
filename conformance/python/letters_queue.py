# multiprocessing.Queue: two children put a letter each.
# outcome: a b => ok
# outcome: b a => ok
# source: argument
import multiprocessing


def put(queue, letter):
    queue.put(letter)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    children = [multiprocessing.Process(target=put, args=(queue, letter)) for letter in "ab"]
    for child in children:
        child.start()
    print(queue.get(), queue.get())
    for child in children:
        child.join()
