# One process that claims to be five.
for n in 0 1 2 3 4; do
    echo "子进程$n启动--$((10000 + n))"
done
