# Two threads write a line each.
# outcome: a | b => ok
# outcome: b | a => ok
# source: argument
import os
import threading

threads = [threading.Thread(target=os.write, args=(1, line)) for line in (b"a\n", b"b\n")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
