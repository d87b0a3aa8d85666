# Two programs are started and then waited for.
# outcome: a | b | end => ok
# outcome: b | a | end => ok
# source: argument
import subprocess

programs = [subprocess.Popen(["echo", name]) for name in "ab"]
for program in programs:
    program.wait()
print("end")
