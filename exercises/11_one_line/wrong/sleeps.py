# The parent is not to end before its child. A second decides nothing.
import os
import time

print("parent starts", flush=True)
child = os.fork()
if child == 0:
    print("child starts", flush=True)
    print("child ends", flush=True)
    os._exit(0)
time.sleep(1)
print("parent ends", flush=True)
