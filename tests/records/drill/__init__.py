"""A worker to be killed: its settings and the work it is given."""
