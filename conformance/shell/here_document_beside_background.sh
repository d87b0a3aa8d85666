# A command with a here-document beside one in the background, and a wait for both.
# outcome: a | b => ok
# outcome: b | a => ok
# source: argument
(echo b) &
cat <<X
a
X
wait
