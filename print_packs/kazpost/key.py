"""The client key of Kazpost's services: where it comes from, and that nobody reads it by chance.

It is no setting, because settings are shown: it stands in the environment or in a file of its own.
It is never part of a sentence, a log line, a repr or the database.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

VARIABLE: Final = "JETKIZ_KAZPOST_KEY"
_FORM: Final = re.compile("[0-9A-Za-z]{32}")


@dataclass(frozen=True, slots=True)
class ClientKey:
    """The 32 letters and digits that Kazpost gave to a client."""

    secret: str = field(repr=False)


def read_key(settings: Settings, environment: Mapping[str, str] = os.environ) -> ClientKey:
    """Return the key from the environment, else from the file that the settings name."""
    found = environment.get(VARIABLE, "").strip() or _from_file(settings.kazpost_key_file)
    if not found:
        raise JetkizError(
            N_("There is no client key for Kazpost's services."),
            N_("Put it into the environment as {variable}, or name its file: kazpost_key_file."),
            variable=VARIABLE,
        )
    if not _FORM.fullmatch(found):
        raise JetkizError(
            N_("The client key for Kazpost's services does not have 32 letters and digits."),
            N_("Copy it anew from your account at Kazpost; here it is not shown."),
        )
    return ClientKey(found)


def _from_file(name: str) -> str:
    if not name:
        return ""
    try:
        return Path(name).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        # Not the reason of a decoding error: it may repeat what stands there.
        raise JetkizError(
            N_("The file of Kazpost's client key, {file}, cannot be read."),
            N_("Correct the setting kazpost_key_file."),
            file=name,
            reason=type(error).__name__,
        ) from None
