"""Pages that a teacher brings ready as a PDF: what of them is kept, and where it stands on A4."""
