"""Lessons for students who learn at school: who comes, on which list."""
