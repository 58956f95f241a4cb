"""TV and radio: timetables of lessons, their exports, and what was really aired."""
