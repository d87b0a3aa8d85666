"""Right: the single-task program of the notes, with the body of `run` indented."""

from functools import partial
from time import sleep

print = partial(print, flush=True)


def run():
    while True:
        print("hello")
        sleep(1)


if __name__ == "__main__":
    while True:
        print("bye")
        sleep(1)
    run()
