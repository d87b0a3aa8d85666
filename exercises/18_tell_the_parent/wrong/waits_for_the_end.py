# The pipe is there, the child writes nothing into it, and its end is all that the parent hears.
import os

reader, writer = os.pipe()
child = os.fork()
if child == 0:
    print(f"child {os.getpid()}: I compute", flush=True)
    os._exit(0)
os.close(writer)
os.read(reader, 1)
os.waitpid(child, 0)
print(f"parent: the answer is {6 * 7}", flush=True)
