# One writes into a FIFO, the other reads it: it is there, whoever comes first.
# outcome: got hello => ok
# source: argument; fifo(7)
mkfifo fifo
echo hello > fifo &
read -r line < fifo
echo got $line
wait
