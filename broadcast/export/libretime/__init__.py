"""How the week of a radio station gets into LibreTime, and stays there as it was planned."""
