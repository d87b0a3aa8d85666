# The parent is not to end before its child. In some run it does.
import os

print("parent starts", flush=True)
child = os.fork()
if child == 0:
    print("child starts", flush=True)
    print("child ends", flush=True)
    os._exit(0)
print("parent ends", flush=True)
