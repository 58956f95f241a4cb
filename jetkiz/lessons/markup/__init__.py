"""How a lesson's Markdown and its formulas are read and set."""
