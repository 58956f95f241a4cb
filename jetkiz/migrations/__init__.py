"""The history of the tables, from an empty database to this version."""
