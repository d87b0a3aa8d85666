# Two processes write into one pipeline.
# outcome: a | b => ok
# outcome: b | a => ok
# source: argument: cat passes on what it reads in the order of the writes, in one piece or in two
{ echo a & echo b; wait; } | cat
