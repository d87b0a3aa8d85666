# The shell ends without waiting for its background.
# outcome: a | b => ok
# outcome: b | a => ok
# source: argument
(echo a) &
echo b
