"""Chaos: kills, lost answers, storms, full disks and wrong clocks, judged by what people saw."""
