"""Which days are school days."""
