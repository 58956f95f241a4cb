"""In which formats a timetable leaves the house."""
