"""Who works at the school: what each may see and do, and what is written down of it."""
