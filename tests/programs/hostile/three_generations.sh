# Each of three generations has an exit code of its own.
sh -c 'sh -c "echo grandchild; exit 7"; echo child; exit 8'
echo parent
exit 9
