"""What was really aired, and what follows for students."""
