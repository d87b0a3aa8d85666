# Two subshells make the same directory: one of them does.
# outcome: a => ok
# outcome: b => ok
# source: argument; mkdir(1)
for name in a b; do
    ( mkdir lock 2>/dev/null && echo $name ) &
done
wait
