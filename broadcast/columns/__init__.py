"""How a broadcaster's tables look: which columns, days, clocks and letters, told by profiles."""
