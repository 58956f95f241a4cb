"""Jetkiz: every lesson of a week to every student by a channel that reaches the home."""

__version__ = "2026.11.0"
