# Sends open files along with its output, more than the reader could hold.
import os, socket
out = socket.socket(fileno=os.dup(1))
files = [os.open("/dev/null", os.O_RDONLY) for _ in range(100)]
for n in range(100):
    socket.send_fds(out, [b"%d\n" % n], files)
