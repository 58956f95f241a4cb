"""What a timetable means for homes with several children and one set."""
