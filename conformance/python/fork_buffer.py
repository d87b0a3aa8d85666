# What print has left in the buffer at os.fork is written by both.
# outcome: before | before => ok
# source: Python library reference, io: a text file that is no terminal is written when its buffer is full, or at the end
import os
import sys

sys.stdout = open(1, "w", closefd=False)  # buffered, whatever PYTHONUNBUFFERED says
print("before")
pid = os.fork()
if pid:
    os.waitpid(pid, 0)
