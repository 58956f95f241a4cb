"""How the text of a message is read: markup, buttons, rich messages."""
