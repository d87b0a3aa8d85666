# The child signals the shell, which has a trap and waits: the trap speaks as soon as the wait is interrupted, or as soon as the running command ends.
# outcome: trapped | end => ok
# source: argument; sh(1), trap: the signal is sent before the child's end, and the second wait comes after the child's end at the latest
trap 'echo trapped' USR1
sh -c "kill -USR1 $$" &
wait
wait
echo end
