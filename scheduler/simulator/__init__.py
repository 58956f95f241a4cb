"""A term before it comes: policies tried on one drawn truth, week by week and day by day."""
