"""Addresses, and the lists on which others sign for what the school gives."""
