"""How the demo school and the sample lessons were made: scripts run by hand, kept to read."""
