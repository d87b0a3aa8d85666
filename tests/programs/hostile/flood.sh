# Lines without end.
exec yes "no end"
