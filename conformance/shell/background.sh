# A command in the background and one in the foreground.
# outcome: a | b => ok
# outcome: b | a => ok
# source: argument
echo a &
echo b
wait
