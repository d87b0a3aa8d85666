# The shell kills its background, which waits for a FIFO that nobody opens.
# outcome: 143 => ok
# source: argument; sh(1): 128 and the number of the signal
mkfifo fifo
cat fifo & child=$!
kill $child
wait $child
echo $?
