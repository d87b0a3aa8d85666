# A trap speaks at the shell's end, after the background that was waited for.
# outcome: a | bye => exit 2
# source: sh(1), trap
trap 'echo bye' EXIT
echo a &
wait
exit 2
