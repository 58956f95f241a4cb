"""How the best plan of a week is found: prices for what is shared, one pass for each home."""
