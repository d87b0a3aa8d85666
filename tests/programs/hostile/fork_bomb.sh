# Processes that start processes. On its own it stops at 511.
bomb() {
    if [ "$1" -lt 8 ]; then
        bomb $(($1 + 1)) &
        bomb $(($1 + 1)) &
    fi
    trap '' INT
    sleep 1000
}
bomb 0
