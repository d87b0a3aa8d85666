# A pipeline's status is its last command's.
# outcome: 1 => ok
# source: sh(1)
true | false
echo $?
