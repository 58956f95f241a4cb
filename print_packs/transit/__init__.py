"""How long the post takes to a home and back."""
