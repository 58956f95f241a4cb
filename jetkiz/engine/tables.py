"""How jobs, clock ticks and workers are kept."""
