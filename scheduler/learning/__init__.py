"""What past weeks teach about the chance that a channel reaches a home."""
