# A command substitution waits for the end of all writers of its pipe, of the background too.
# outcome: got a b => ok
# outcome: got b a => ok
# source: argument
text=$(echo a & echo b)
echo got $text
