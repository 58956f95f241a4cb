"""How a week is written in Braille for the embosser of a school."""
