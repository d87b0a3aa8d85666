# Two processes that each put a line together piece by piece, at the same time.
pieces() {
    i=0
    while [ $i -lt 300 ]; do
        printf "$1"; printf "$1"; printf "$1"; printf "$1\n"
        i=$((i + 1))
    done
}
pieces a & pieces b &
wait
