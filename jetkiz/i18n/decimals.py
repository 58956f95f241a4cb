"""How a broken number is written: with the comma or the point of the reader's language."""

from babel.numbers import format_decimal


def tenths(n: float, language: str) -> str:
    """Return a number with one place behind the comma, like "1 234,5"."""
    return format_decimal(round(n, 1), format="#,##0.0", locale=language)


def hundredths(n: float, language: str) -> str:
    """Return a number with two places behind the comma, where a tenth would hide what counts."""
    return format_decimal(round(n, 2), format="#,##0.00", locale=language)
