"""Kazpost's network services: numbers, labels, rates, offices, tracking; off unless wanted."""
