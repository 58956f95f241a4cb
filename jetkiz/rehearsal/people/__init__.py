"""What people and groups do in the rehearsal, and what each of them has seen."""
