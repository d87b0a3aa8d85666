# A child computes, and its parent hears nothing of it.
import os

answer = 0
child = os.fork()
if child == 0:
    print(f"child {os.getpid()}: I compute", flush=True)
    answer = 6 * 7
    os._exit(0)
os.waitpid(child, 0)
print(f"parent: the answer is {answer}", flush=True)
