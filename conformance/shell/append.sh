# Two subshells append to a file, which is shown afterwards.
# outcome: a | b => ok
# outcome: b | a => ok
# source: argument; >> is O_APPEND
echo a >> log &
echo b >> log &
wait
cat log
