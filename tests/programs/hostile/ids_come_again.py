# Uses up the ids of its world with threads, until a worker is given the id that another one had: they would be one, and who asks for one worker content.
import os, threading


def use_up():
    """Until the last id was given: there are no more than 4,096, and threads have theirs from the same store."""
    last = 0
    while last < 4095:
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()
        last = thread.native_id


threading.stack_size(64 << 10)
for task in range(3):
    use_up()
    pid = os.fork()
    if pid == 0:
        os.write(1, b"worker %d: task %d\n" % (os.getpid(), task))
        os._exit(0)
    os.waitpid(pid, 0)
