"""Decides and drives: who gets which lesson by which channel, and when it goes out."""
