# One child fails, another is killed, and the parent does not look.
import os
import signal

failing = os.fork()
if failing == 0:
    os._exit(3)
endless = os.fork()
if endless == 0:
    signal.pause()
    os._exit(0)
os.kill(endless, signal.SIGKILL)
for child in [failing, endless]:
    os.waitpid(child, 0)
    print("it ended well", flush=True)
