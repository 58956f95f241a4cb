"""Whether a timetable keeps what was promised, told by nobody who made it."""
