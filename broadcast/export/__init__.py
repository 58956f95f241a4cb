"""In which formats a timetable leaves the house."""

from broadcast.export.playlist import ExportRow, playlist

__all__ = ["ExportRow", "playlist"]
