# multiprocessing.Pipe: a question and its answer.
# outcome: 42 => ok
# source: Python library reference, multiprocessing
import multiprocessing


def answer(end):
    end.send(end.recv() + 1)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    here, there = multiprocessing.Pipe()
    child = multiprocessing.Process(target=answer, args=(there,))
    child.start()
    here.send(41)
    print(here.recv())
    child.join()
