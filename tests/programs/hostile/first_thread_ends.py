# Ends its first thread only, so that it looks like a zombie and is none.
import ctypes, os, threading, time
def outlive():
    while open("/proc/self/stat").read().rsplit(")", 1)[1].split()[0] != "Z":
        time.sleep(0.01)
    os.write(1, b"zombie\n")
    time.sleep(1000)
threading.Thread(target=outlive).start()
ctypes.CDLL(None).syscall(60 if os.uname().machine == "x86_64" else 93, 0)  # exit(2), of this thread alone
