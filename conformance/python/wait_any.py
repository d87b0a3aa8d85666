# os.wait: which of two children is heard of first.
# outcome: 1 2 => ok
# outcome: 2 1 => ok
# source: argument
import os

for status in 1, 2:
    if os.fork() == 0:
        os._exit(status)
print(*(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(2)))
