# One child fails, another is killed if it has not ended before, and the parent does not look.
import os
import signal

failing = os.fork()
if failing == 0:
    os._exit(3)
hasty = os.fork()
if hasty == 0:
    os._exit(0)
os.kill(hasty, signal.SIGKILL)
for child in [failing, hasty]:
    os.waitpid(child, 0)
    print("it ended with code 0", flush=True)
