"""How paper that comes back is read and filed."""
