# A child that waits for ever is ended: its status is minus the signal.
# outcome: -15 => ok
# source: Python library reference, subprocess: the signal comes before the new program or into it
import subprocess

program = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
program.terminate()
print(program.wait())
