# A signal is handled between two steps of the interpreter: before, between or after two lines, and before the wait for its sender ends.
# outcome: h | 1 | 2 => ok
# outcome: 1 | h | 2 => ok
# outcome: 1 | 2 | h => ok
# source: argument; Python library reference, signal
import os
import signal

signal.signal(signal.SIGUSR1, lambda *_: os.write(1, b"h\n"))
parent = os.getpid()
pid = os.fork()
if pid == 0:
    os.kill(parent, signal.SIGUSR1)
    os._exit(0)
os.write(1, b"1\n")
os.write(1, b"2\n")
os.waitpid(pid, 0)
