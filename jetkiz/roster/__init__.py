"""Who is taught, where they live, and what can reach them."""
