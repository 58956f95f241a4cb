"""Where everything is kept: one SQLite file at a school, PostgreSQL at a ministry."""
