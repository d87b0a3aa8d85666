# A pipeline passes lines on in their order.
# outcome: b | a => ok
# source: argument
{ echo b; echo a; } | cat
