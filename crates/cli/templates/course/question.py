import os


def say(text):
    # In one write: what stands in a buffer while a process forks would come twice.
    os.write(1, (text + "\n").encode())


question, asked = os.pipe()
answer, answered = os.pipe()
child = os.fork()
if child == 0:
    # An end that nobody needs would keep the other side waiting for what never comes.
    os.close(question)
    os.close(answered)
    say("child asks")
    os.write(asked, b"?")
    os.read(answer, 1)
    say("child knows")
    os._exit(0)

os.close(asked)
os.close(answer)
os.read(question, 1)
say("parent answers")
os.write(answered, b"!")
os.waitpid(child, 0)
