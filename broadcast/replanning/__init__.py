"""What happens to a published timetable when something comes between."""
