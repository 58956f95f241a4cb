"""The demo school: what a stranger sees when one invented school is carried through a week."""
