"""Small channels that need no package of their own."""
