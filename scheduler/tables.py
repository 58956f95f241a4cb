"""How plan runs are kept."""
