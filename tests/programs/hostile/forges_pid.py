# Signs its output with another process's pid, which root may do (unix(7), SCM_CREDENTIALS).
import os, socket, struct
out = socket.socket(fileno=os.dup(1))
other = os.fork()
if other == 0:
    os.execlp("sleep", "sleep", "1000")
try:
    out.sendmsg([b"forged\n"], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, struct.pack("iII", other, os.getuid(), os.getgid()))])
except PermissionError:
    print("refused")
os.kill(other, 9)
