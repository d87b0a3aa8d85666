# One line without end, on both outputs.
cat /dev/zero >&2 &
exec cat /dev/zero
