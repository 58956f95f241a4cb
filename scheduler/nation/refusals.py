"""What is said of a file that is missing or damaged, in whichever form it lies."""

from pathlib import Path
from typing import Any

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

ANEW = N_("Copy the whole folder again, or make it anew.")


def missing(place: Path) -> JetkizError:
    """Say that a file is missing."""
    return JetkizError(N_("The file {file} is missing."), ANEW, file=place)


def damaged(place: Path) -> JetkizError:
    """Say that a file cannot be read to its end."""
    return JetkizError(N_("The file {file} is damaged or not whole."), ANEW, file=place)


def unclear(place: Path, reason: Any) -> JetkizError:
    """Say what cannot be understood in a file."""
    return JetkizError(
        N_("The file {file} cannot be understood: {reason}."),
        N_("Compare it with the one that jetkiz nation make writes."),
        file=place,
        reason=reason,
    )


def without_column(place: Path, column: str, columns: tuple[str, ...]) -> JetkizError:
    """Say which column a table lacks, and which it has."""
    return JetkizError(
        N_("The file {file} has no column {column}."),
        N_("Its columns are: {columns}. Make the file anew, or name the column so."),
        file=place,
        column=column,
        columns=", ".join(columns),
    )
