# Ends in the middle of a line.
echo whole
printf 'half'
