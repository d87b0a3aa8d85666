# A child's exception gives the exit code 1, and the script ends with it.
# outcome: (nothing) => exit 1
# source: Python library reference, multiprocessing, Process.exitcode
import multiprocessing
import sys


def fail():
    raise ValueError("expected")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    child = multiprocessing.Process(target=fail)
    child.start()
    child.join()
    sys.exit(child.exitcode)
