"""Jobs that survive a power cut."""
