"""What fits into the hours that are lent, before any timetable is made."""
