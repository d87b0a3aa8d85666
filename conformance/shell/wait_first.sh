# The shell waits for the background before it goes on.
# outcome: a | b => ok
# source: argument; sh(1), wait
echo a &
wait
echo b
