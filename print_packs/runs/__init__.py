"""How the packs of a week are put together, printed, handed over and made again."""
