# Dies by a signal, and complains before.
echo "about to die" >&2
kill -SEGV $$
