# wait gives the status of the process that it waits for.
# outcome: 3 5 => ok
# source: sh(1), wait
(exit 3) & first=$!
(exit 5) & second=$!
wait $first
one=$?
wait $second
echo $one $?
