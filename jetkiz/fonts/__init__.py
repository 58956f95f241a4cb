"""The letters that every printed page and picture uses."""
