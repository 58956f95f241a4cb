"""Which programme guides may leave the house: stricter than the format's own tools.

Those let pass what overlaps, what ends before it begins, a thirteenth month and a time without its
zone. Nothing here is shared with what writes guides.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final
from xml.etree import ElementTree as ET

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

# The order of the format's description (xmltv.dtd 0.6.1); of those with + there may be several.
_ORDER: Final = """
    title+ sub-title+ desc+ credits date category+ keyword+ language orig-language length icon+
    url+ country+ episode-num+ video audio previously-shown premiere last-chance new subtitles+
    rating+ star-rating+ review+ image+
"""
_NAMES: Final = tuple(name.rstrip("+") for name in _ORDER.split())
_PLACE: Final = {name: number for number, name in enumerate(_NAMES)}
_SEVERAL: Final = frozenset(name[:-1] for name in _ORDER.split() if name.endswith("+"))
_CHANNEL_ORDER: Final = {"display-name": 0, "icon": 1, "url": 2}
_TIMES: Final = {"start", "stop", "pdc-start", "vps-start"}
_ATTRIBUTES: Final = frozenset({*_TIMES, "showview", "videoplus", "channel", "clumpidx"})
_NEED_TEXT: Final = frozenset(
    {"title", "sub-title", "desc", "category", "language", "length", "episode-num"}
)
_DOTTED: Final = re.compile(r"[-a-zA-Z0-9]+(\.[-a-zA-Z0-9]+)+")
_MOMENT: Final = re.compile(r"\d{14} [+-](0\d|1[0-4])[0-5]\d", re.ASCII)
_PART: Final = r"\s*(\d+(\s*/\s*\d+)?)?\s*"
_NUMBER: Final = re.compile(rf"{_PART}\.{_PART}\.{_PART}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SUBTITLES: Final = frozenset({"teletext", "onscreen", "deaf-signed"})
_UNITS: Final = frozenset({"seconds", "minutes", "hours"})
_NO_TIME: Final = N_("{channel}: {name} is {value}; a time is a real day with its zone.")


@dataclass(frozen=True, slots=True)
class GuideFault:
    """What is wrong with a guide: ``words`` is a message id with places from ``facts``."""

    words: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the English words."""
        return self.words.format(**self.facts)


@dataclass(frozen=True, slots=True)
class _Slot:
    channel: str
    start: datetime
    stop: datetime
    said: str


def refuse_faulty_guide(content: bytes) -> None:
    """Raise when a guide has a fault: no broadcaster gets a file that its own program refuses."""
    found = guide_faults(content)
    if found:
        raise JetkizError(
            found[0].words,
            N_("Nothing was written: report this, the guide is made by Jetkiz alone."),
            **found[0].facts,
        )


def guide_faults(content: bytes) -> list[GuideFault]:
    """Return all that is wrong with a guide in XMLTV, in the order of the file."""
    try:
        root = ET.fromstring(content)  # noqa: S314 - expat bounds what entities may grow to
    except ET.ParseError as error:
        return [GuideFault(N_("The guide is no XML: {reason}."), {"reason": str(error)})]
    if root.tag != "tv":
        return [GuideFault(N_("The guide begins with {tag}, not with tv."), {"tag": root.tag})]
    channels = [one.get("id", "") for one in root.iter("channel")]
    programmes = list(root.iter("programme"))
    return [
        *_of_the_whole(root),
        *_of_channels(root.iter("channel"), {one.get("channel") for one in programmes}),
        *(fault for one in programmes for fault in _of_programme(one, frozenset(channels))),
        *_of_times(programmes),
    ]


def _of_the_whole(root: ET.Element) -> Iterator[GuideFault]:
    tags = [one.tag for one in root]
    for tag in dict.fromkeys(tags):
        if tag not in {"channel", "programme"}:
            yield GuideFault(N_("{tag} has no place in a guide."), {"tag": tag})
    known = [tag for tag in tags if tag in {"channel", "programme"}]
    if known != sorted(known):
        yield GuideFault(N_("A channel stands after a programme; channels come first."))


def _of_channels(nodes: Iterable[ET.Element], used: set[str | None]) -> Iterator[GuideFault]:
    seen: set[str] = set()
    for node in nodes:
        name = node.get("id", "")
        said = {"channel": name}
        if not _DOTTED.fullmatch(name):
            yield GuideFault(N_("The channel id {channel} has no dot, as in balapan.kz."), said)
        if name in seen:
            yield GuideFault(N_("The channel {channel} stands in the guide twice."), said)
        if name not in used:
            yield GuideFault(N_("The channel {channel} has no programme."), said)
        seen.add(name)
        tags = [one.tag for one in node]
        if "display-name" not in tags or not all((one.text or "").strip() for one in node):
            yield GuideFault(N_("The channel {channel} has no name to show."), said)
        places = [_CHANNEL_ORDER.get(tag, -1) for tag in tags]
        if -1 in places or places != sorted(places):
            yield GuideFault(N_("What is said of {channel} stands in the wrong order."), said)


def _of_programme(node: ET.Element, channels: frozenset[str]) -> Iterator[GuideFault]:
    said = {"channel": node.get("channel", ""), "start": node.get("start", "")}
    if said["channel"] not in channels:
        yield GuideFault(N_("{start}: the channel {channel} is not in the guide."), said)
    for name in sorted(set(node.keys()) - _ATTRIBUTES):
        yield GuideFault(N_("{start}, {channel}: {name} is unknown."), said | {"name": name})
    yield from _of_children(node, said)
    for child in node.iter():
        yield from _of_value(child, said)


def _of_children(node: ET.Element, said: dict[str, str]) -> Iterator[GuideFault]:
    tags = [one.tag for one in node]
    if "title" not in tags:
        yield GuideFault(N_("{start}, {channel}: the title is missing."), said)
    for tag in dict.fromkeys(tags):
        facts = said | {"name": tag}
        if tag not in _PLACE:
            yield GuideFault(N_("{start}, {channel}: {name} is unknown."), facts)
        elif tag not in _SEVERAL and tags.count(tag) > 1:
            yield GuideFault(N_("{start}, {channel}: {name} stands there twice."), facts)
    places = [_PLACE[tag] for tag in tags if tag in _PLACE]
    for before, after in pairwise(places):
        if after < before:
            facts = said | {"name": _NAMES[after], "other": _NAMES[before]}
            yield GuideFault(N_("{start}, {channel}: {name} must stand before {other}."), facts)
            return


def _of_value(node: ET.Element, said: dict[str, str]) -> Iterator[GuideFault]:
    facts = said | {"name": node.tag, "value": (node.text or "").strip()}
    if node.tag in _NEED_TEXT and not facts["value"]:
        yield GuideFault(N_("{start}, {channel}: {name} is empty."), facts)
    elif not _holds(node, facts["value"]):
        yield GuideFault(N_("{start}, {channel}: {name} cannot be {value}."), facts)
    language = node.get("lang")
    if language is not None and not _LANGUAGE.fullmatch(language):
        facts |= {"name": "lang", "value": language}
        yield GuideFault(N_("{start}, {channel}: {name} cannot be {value}."), facts)


def _holds(node: ET.Element, value: str) -> bool:
    """Return whether a value is one that the format knows."""
    match node.tag:
        case "episode-num" if node.get("system") == "xmltv_ns":
            return _NUMBER.fullmatch(node.text or "") is not None
        case "language":
            return _LANGUAGE.fullmatch(value) is not None
        case "length":
            return node.get("units") in _UNITS and value.isascii() and value.isdigit()
        case "subtitles":
            return node.get("type") in _SUBTITLES
        case "previously-shown":
            start, channel = node.get("start"), node.get("channel")
            return (start is None or _moment(start) is not None) and (
                channel is None or _DOTTED.fullmatch(channel) is not None
            )
    return True


def _of_times(nodes: Sequence[ET.Element]) -> Iterator[GuideFault]:
    slots: list[_Slot] = []
    for node in nodes:
        channel, said = node.get("channel", ""), node.get("start", "")
        start, stop = _moment(said), _moment(node.get("stop", ""))
        for name, moment in (("start", start), ("stop", stop)):
            if moment is None:
                facts = {"channel": channel, "name": name, "value": node.get(name, "")}
                yield GuideFault(_NO_TIME, facts)
        if start is not None and stop is not None:
            slots.append(_Slot(channel, start, stop, said))
    yield from _of_slots(slots)


def _of_slots(slots: Sequence[_Slot]) -> Iterator[GuideFault]:
    by_channel: dict[str, list[_Slot]] = defaultdict(list)
    for one in slots:
        facts = {"channel": one.channel, "start": one.said}
        if one.stop <= one.start:
            yield GuideFault(N_("{start}, {channel}: it stops before it begins."), facts)
        by_channel[one.channel].append(one)
    for mine in by_channel.values():
        ordered = sorted(mine, key=lambda one: (one.start, one.stop))
        for before, after in pairwise(ordered):
            if after.start < before.stop:
                facts = {"channel": after.channel, "start": before.said, "other": after.said}
                yield GuideFault(N_("{channel}: {start} and {other} overlap."), facts)
    keys = [(one.start, one.stop, one.channel) for one in slots]
    if keys != sorted(keys):
        yield GuideFault(N_("The programmes do not stand in the order of time."))


def _moment(text: str) -> datetime | None:
    """Return a moment with its offset; None for what is no real time or has no zone."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S %z")
    except ValueError:
        return None
