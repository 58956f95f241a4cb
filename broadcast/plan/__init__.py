"""What was decided: airings with their numbers, what has no place, and how good it is."""
