# subprocess.run waits for the end and returns the text.
# outcome: hello 0 => ok
# source: Python library reference, subprocess
import subprocess

done = subprocess.run(["echo", "hello"], capture_output=True, text=True)
print(done.stdout.strip(), done.returncode)
