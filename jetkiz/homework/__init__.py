"""Work that comes back, and the mark and words that go home."""
