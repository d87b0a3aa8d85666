# The script ends with the status of its last command.
# outcome: x => exit 4
# source: sh(1)
echo x &
wait
exit 4
