# Not text, and text made of terminal escapes.
printf 'a\377b\n'
printf '\033[2J\033[31mred\n'
