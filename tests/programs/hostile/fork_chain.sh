# A process that never stays: it starts its successor and ends. On its own it stops after 10000 of them.
n=${1:-0}
[ "$n" -lt 10000 ] || exit
trap '' INT
sh "$0" $((n + 1)) &
