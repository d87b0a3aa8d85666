# It asks again, but not in the child.
import os

me = os.getpid()
print(f"parent: I am process {me}", flush=True)
child = os.getpid()
me = child
child = os.fork()
if child == 0:
    print(f"child: I am process {me}", flush=True)
    os._exit(0)
os.waitpid(child, 0)
