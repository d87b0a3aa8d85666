# The child lives on after its parent.
(sleep 0.3; echo child; exit 5) &
echo parent
