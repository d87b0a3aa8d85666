# A child of os.fork is killed while it ends.
# outcome: -9 => ok
# outcome: 0 => ok
# source: argument
import os
import signal

pid = os.fork()
if pid == 0:
    os._exit(0)
os.kill(pid, signal.SIGKILL)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
