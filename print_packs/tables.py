"""How packs and sheets are kept."""
