"""A whole nation's week: drawn from the population tables, read, planned, checked and kept."""
