# sort(1) speaks when it has heard all: one order.
# outcome: a | b => ok
# source: argument
{ echo b & echo a & wait; } | sort
