"""What a family reads in the chat."""
