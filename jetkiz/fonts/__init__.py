"""The letters that every printed page and picture uses: which files, and which stands in.

PT Sans sets the text, DejaVu Sans the characters that PT Sans lacks. The files are unmodified;
their licences lie beside them.
"""

from pathlib import Path
from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

FOLDER: Final = Path(__file__).parent / "files"

# Name in a PDF, file, and the font that stands in for a missing character.
FILES: Final = {
    "PTSans": "PT_Sans-Web-Regular.ttf",
    "PTSans-Bold": "PT_Sans-Web-Bold.ttf",
    "PTSans-Italic": "PT_Sans-Web-Italic.ttf",
    "DejaVuSans": "DejaVuSans.ttf",
    "DejaVuSans-Bold": "DejaVuSans-Bold.ttf",
}
STAND_IN: Final = {
    "PTSans": "DejaVuSans",
    "PTSans-Bold": "DejaVuSans-Bold",
    "PTSans-Italic": "DejaVuSans",
}


def font_path(name: str, folder: Path = FOLDER) -> Path:
    """Return where a font lies; a missing one is a sentence, not a hole in the page."""
    place = folder / FILES[name]
    if not place.is_file():
        raise JetkizError(
            N_("The font {font} is missing: {file}."),
            N_("Install Jetkiz again: the fonts are part of it."),
            font=name,
            file=place,
        )
    return place
