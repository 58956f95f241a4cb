"""The page in the browser on which a person plays a student or guardian."""
