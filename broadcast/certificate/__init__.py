"""How near a timetable is to the best there can be."""
