# Popen.poll looks whether the program has ended.
# outcome: ended => ok
# outcome: running => ok
# source: argument
import subprocess

program = subprocess.Popen(["true"])
print("running" if program.poll() is None else "ended")
program.wait()
