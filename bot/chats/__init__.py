"""Whose chat it is: links, what a linked chat may read, how long its words are kept."""
