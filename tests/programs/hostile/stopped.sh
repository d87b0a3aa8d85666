# Stops itself, and can act on no signal but SIGKILL.
echo stopping
kill -STOP $$
