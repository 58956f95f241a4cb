"""Postal numbers (S10): only the post gives them, each is used once, and bars show them."""
