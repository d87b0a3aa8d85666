# xargs starts two at once.
# outcome: 1 | 2 => ok
# outcome: 2 | 1 => ok
# source: argument; xargs(1)
printf '1\n2\n' | xargs -P 2 -n 1 echo
