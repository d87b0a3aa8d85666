# The child says who it is, and is wrong.
import os

me = os.getpid()
print(f"parent: I am process {me}", flush=True)
child = os.fork()
if child == 0:
    print(f"child: I am process {me}", flush=True)
    os._exit(0)
os.waitpid(child, 0)
