"""How a lesson is set on paper."""
