# Will not be asked to stop.
trap '' INT TERM HUP QUIT
echo deaf
while :; do sleep 1000; done
