# Two stages of a pipeline speak to the same output, one through the other.
# outcome: direct | piped => ok
# outcome: piped | direct => ok
# source: argument
exec 3>&1
{ echo piped; } | { cat; } &
echo direct >&3
wait
