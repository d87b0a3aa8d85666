# os.fork: child and parent write a line each.
# outcome: child | parent => ok
# outcome: parent | child => ok
# source: argument
import os

pid = os.fork()
os.write(1, b"child\n" if pid == 0 else b"parent\n")
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
