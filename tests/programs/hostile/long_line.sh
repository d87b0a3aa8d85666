# A line of a megabyte between two short ones.
echo before
head -c 1000000 /dev/zero | tr '\0' x
echo
echo after
