# Forks twice, starts a session of its own and ignores signals, as a daemon does; its parents end at once.
(setsid sh -c 'trap "" INT TERM HUP; echo "daemon"; while :; do sleep 1000; done' &)
