"""What a person will see of a bot's text: markup read, edges trimmed, links found."""

from collections.abc import Callable, Mapping
from typing import Any

from jetkiz.rehearsal.state.refusals import bad_request
from jetkiz.rehearsal.texts.markdown_v2 import read_markdown_v2
from jetkiz.rehearsal.texts.text_entities import (
    FormattedText,
    checked,
    found_entities,
    read_html,
    trimmed,
)

READERS: Mapping[str, Callable[[str], FormattedText]] = {
    "html": read_html,
    "markdownv2": read_markdown_v2,
}


def format_text(source: str, mode: Any, given: Any = None) -> FormattedText:
    if not mode:
        return found_entities(trimmed(FormattedText(source, checked(source, given or []))))
    reader = READERS.get(str(mode).lower())
    if reader is None:
        raise bad_request("unsupported parse_mode: the rehearsal reads HTML and MarkdownV2")
    return found_entities(trimmed(reader(source)))
