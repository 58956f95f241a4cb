"""How messages leave: the outbox, whose turn it is, how fast, and what became of each."""
