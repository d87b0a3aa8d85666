# Two in the background are killed with one command, or have ended before.
# outcome: 143 143 => ok
# outcome: 143 0 => ok
# outcome: 0 143 => ok
# outcome: 0 0 => ok
# source: argument: a sleep is no order
sleep 100 & a=$!
sleep 100 & b=$!
kill $a $b 2>/dev/null
wait $a; x=$?
wait $b; echo $x $?
