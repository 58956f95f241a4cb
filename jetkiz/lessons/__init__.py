"""What is taught in a week, in which forms, with which task."""
