"""What the forms room tells the rooms above it, inside the transaction that made it true."""

from django.dispatch import Signal

# Each carries `sender` (the class) and one row: `submission` or `completion`.
submission_received = Signal()
submission_withdrawn = Signal()
completion_received = Signal()
