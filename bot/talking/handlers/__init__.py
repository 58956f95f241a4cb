"""What happens when a person presses a button, sends a command, a photo or words."""
