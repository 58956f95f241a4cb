"""How the bot talks: one update handled at its desk, in one transaction."""
