"""How files of the air are written: an entry a line, the same content in the same bytes."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

_WHOLE_FILE: Final = N_(
    "Take the whole file, as UTF-8; a comma or a bracket too many is enough to harm it."
)


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """Write a document in the order it has; a list of entries has a line for each of them."""
    parts = [f"{_one(name)}: {_value(value)}" for name, value in document.items()]
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def _value(value: object) -> str:
    if not isinstance(value, list) or not value:
        return _one(value)
    return "[\n" + ",\n".join(map(_one, value)) + "\n]"


def _one(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def ordered(value: Any) -> Any:
    """Return a plain value with the names in it in order; lists and tuples are alike."""
    if isinstance(value, Mapping):
        return {str(name): ordered(value[name]) for name in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [ordered(one) for one in value]
    return value


def document_of(content: bytes, source: str, wanted: str) -> dict[str, Any]:
    """Return what a file holds, or refuse what is no JSON or of another format."""
    found = _values(content, source)
    told = found.get("format") if isinstance(found, dict) else None
    if told != wanted:
        raise JetkizError(
            N_("{source} is not of the format {wanted}, it says {told}."),
            N_('Its first line has to be "format": "{wanted}": docs/reference/broadcast-files.md.'),
            source=source,
            wanted=wanted,
            told=str(told)[:60],
        )
    return dict(found)


def _values(content: bytes, source: str) -> Any:
    try:
        found = json.loads(content.decode("utf-8-sig"), object_pairs_hook=partial(_once, source))
        if b"\\ud" in content.lower():
            # Half a sign, such as a lone \ud800, is JSON and yet cannot be written anywhere.
            json.dumps(found, ensure_ascii=False).encode()
    except UnicodeError as error:
        raise JetkizError(
            N_("{source} holds signs that are no UTF-8."),
            N_("Save it anew and choose UTF-8, or take it again from where it was made."),
            source=source,
        ) from error
    except json.JSONDecodeError as error:
        raise JetkizError(
            N_("{source} cannot be read as JSON from line {line}, column {column} on."),
            _WHOLE_FILE,
            source=source,
            line=error.lineno,
            column=error.colno,
        ) from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits, or brackets within brackets without an end.
        raise JetkizError(
            N_("{source} cannot be read as JSON."), _WHOLE_FILE, source=source
        ) from error
    return found


def _once(source: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: the second would silently win."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise JetkizError(
            N_("{place}: {name} stands there twice."),
            N_("Each needs a name of its own."),
            place=source,
            name=twice,
        )
    return found
