"""How the questions of a lesson are answered on paper: bubbles that are printed and read again."""
