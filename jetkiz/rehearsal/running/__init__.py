"""Runs the rehearsal: one thing at a time, several bots, webhooks, and the faults of the script."""
