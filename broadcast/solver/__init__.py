"""How a timetable is found: hours for streams, lessons into hours, repeats for families."""
