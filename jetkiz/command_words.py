"""What a command calls the words it expects, and what it says when it is called wrongly.

The library that reads the command line asks gettext for its own sentences; while a command runs,
gettext's question goes to our catalogues.
"""

import gettext
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from jetkiz.i18n import N_, Translator

# Placeholders of a usage line, as the library writes them.
PLACEHOLDERS: Final = (N_("[OPTIONS]"), N_("COMMAND [ARGS]..."))

# What an option expects, by the kind of its value; a list of choices speaks for itself.
KINDS: Final[Mapping[str, str]] = {
    "text": N_("TEXT"),
    "path": N_("PATH"),
    "directory": N_("FOLDER"),
    "file": N_("FILE"),
    "integer": N_("NUMBER"),
    "integer range": N_("NUMBER"),
    "datetime": N_("YYYY-MM-DD"),
}


@dataclass(frozen=True, slots=True)
class Argument:
    """A word that a command expects at a place of its own: its name, and what to write there."""

    name: str
    line: str


ARGUMENTS: Final[Mapping[str, Argument]] = {
    "week": Argument(N_("WEEK"), N_("A school week, such as 2026-W05.")),
    "student": Argument(N_("STUDENT"), N_("Id or number of the student.")),
    "lesson": Argument(N_("LESSON"), N_("Code of the lesson.")),
    "channel": Argument(N_("CHANNEL"), N_("One of: {choices}.")),
    "packs": Argument(
        N_("PACKS"),
        N_("Homes (h07), codes of packs (K3X8-EHD7) or rows of a list (3/1-5,8)."),
    ),
    "pairs": Argument(
        N_("PACK VALUE"),
        N_("A pack (h07, K3X8-EHD7 or 3/1) and its number or grams, then the next pack."),
    ),
    "ends": Argument(
        N_("FIRST LAST"),
        N_("Both numbers in full, or the letters and two serials: RR 00000001 00000100."),
    ),
    "number": Argument(N_("NUMBER"), N_("A postal number, such as RR473124829KZ.")),
    "files": Argument(N_("FILES"), N_("Scanned sheets: PDF or pictures.")),
    "pack": Argument(N_("PACK"), N_("Code of a pack (K3X8-EHD7), or the key of its home (h07).")),
    "postal_number": Argument(N_("NUMBER"), N_("Postal number; nothing if there is none.")),
    "grams": Argument(N_("GRAMS"), N_("Mass of the item in grams.")),
    "from_index": Argument(N_("FROM"), N_("Index of the sender, six digits.")),
    "to_index": Argument(N_("TO"), N_("Index of the addressee, six digits.")),
    "settlement": Argument(N_("SETTLEMENT"), N_("Name of the settlement.")),
    "pdf": Argument(N_("FILE"), N_("The file to write.")),
    "file": Argument(N_("FILE"), N_("The file to read.")),
    "folder": Argument(N_("FOLDER"), N_("The folder with a folder for each lesson.")),
    "path": Argument(N_("PATH"), N_("A folder, zip file, workbook or CSV file.")),
    "out": Argument(N_("FILE"), N_("The file to write.")),
    "copy": Argument(N_("COPY"), N_("A copy made with jetkiz database backup.")),
    "login": Argument(N_("LOGIN"), N_("The name with which the person signs in.")),
    "subject": Argument(N_("SUBJECT"), N_("One of: {choices}.")),
    "row": Argument(N_("ID"), N_("Id of the row, as in the imported file.")),
    "field": Argument(N_("FIELD"), N_("Name of the column.")),
    "value": Argument(N_("VALUE"), N_("What it should be.")),
}

# Sentences of the library itself; it fills their places.
REFUSALS: Final = (
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("Did you mean {possibility}?"),
    N_("(Did you mean one of: {possibilities}?)"),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Choose from:\n\t{choices}"),
    N_("Got unexpected extra argument ({args})"),
    N_("Got unexpected extra arguments ({args})"),
    N_("Option {name!r} does not take a value."),
    N_("Option {name!r} requires an argument."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("{value!r} is not one of {choices}."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{value!r} does not match the format {format}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is not readable."),
    N_("{name} {filename!r} is not writable."),
    N_("Repeat for confirmation"),
    N_("Error: The two entered values do not match."),
    N_("required"),
)


@contextmanager
def library_speaks(words: Callable[[], Translator]) -> Iterator[None]:
    """Let every sentence of the library come from our catalogues, and give gettext back after."""

    def one(_domain: str | None, text: str) -> str:
        return words()(text)

    def by_number(_domain: str | None, single: str, many: str, n: int) -> str:
        # No sentence of the library shows the number, so one form for many is enough.
        return words()(single if n == 1 else many)

    before = {name: getattr(gettext, name) for name in ("dgettext", "dngettext")}
    for name, own in (("dgettext", one), ("dngettext", by_number)):
        setattr(gettext, name, own)
    try:
        yield
    finally:
        for name, library in before.items():
            setattr(gettext, name, library)
