"""What one line of an exported timetable says; every format is made from these lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from broadcast.model import Airing, Programme, TvChannel


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One airing with all that a broadcaster or a family has to know; times are local."""

    airing: int
    channel: TvChannel
    start: datetime
    end: datetime
    programme: Programme
    place: int
    revision: int = 0

    @property
    def grades(self) -> str:
        """The grades as "1-4" or "9"."""
        first, last = min(self.programme.grades), max(self.programme.grades)
        return str(first) if first == last else f"{first}-{last}"


def _printable(one: Programme) -> Programme:
    """Signs that control a printer of old are in no format allowed, and spoil a whole file."""
    title = "".join(c if c.isprintable() else " " for c in one.title)
    return replace(one, title=" ".join(title.split()) or one.code)


def playlist(
    airings: Iterable[Airing],
    programmes: Mapping[int, Programme],
    channels: Sequence[TvChannel],
    revisions: Mapping[int, int],
) -> list[ExportRow]:
    """Return the lines of a timetable, by time and then channel."""
    by_key = {channel.key: channel for channel in channels}
    ordered = sorted(airings, key=lambda a: (a.start, by_key[a.channel].xmltv_id))
    seen: dict[tuple[str, str, int], int] = {}
    rows = []
    for one in ordered:
        programme, channel = _printable(programmes[one.lesson]), by_key[one.channel]
        series = (programme.language, programme.subject, min(programme.grades))
        seen[series] = seen.get(series, 0) + 1
        zone = ZoneInfo(channel.zone)
        rows.append(
            ExportRow(
                airing=one.id,
                channel=channel,
                start=one.start.astimezone(zone),
                end=one.end.astimezone(zone),
                programme=programme,
                place=seen[series],
                revision=revisions.get(one.id, 0),
            )
        )
    return rows
