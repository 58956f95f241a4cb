"""The programme guide in XMLTV: every time with its offset, children in the order of the DTD.

Written as the reference sorter of the format (tv_sort) writes it, byte by byte: whoever sorts the
guide again gets the same file.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from xml.sax.saxutils import escape

from broadcast.export.rows import ExportRow, printable
from broadcast.export.words import again_words, series_words, speaker
from broadcast.problem.model import Channel, Medium
from jetkiz.i18n import N_

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tv SYSTEM "xmltv.dtd">\n\n'
    '<tv generator-info-name="Jetkiz">\n'
)
_QUOTES = {'"': "&quot;"}


def as_xmltv(rows: Sequence[ExportRow]) -> bytes:
    """Write the guide of some airings; hours without a lesson are not reported as programmes."""
    lines = [_HEAD]
    channels = {row.guide_id: row.channel for row in rows}
    for guide_id in sorted(channels):
        lines += _channel(guide_id, channels[guide_id])
    for row in rows:
        lines += _programme(row)
    lines.append("</tv>\n")
    return "".join(lines).encode()


def _channel(guide_id: str, channel: Channel) -> Iterator[str]:
    yield f'  <channel id="{guide_id}">\n'
    name = printable(channel.name) or channel.id
    for language in channel.languages:
        yield _said("display-name", name, language)
    yield "  </channel>\n"


def _programme(row: ExportRow) -> Iterator[str]:
    """The series is the title: recorders collect all lessons of a subject and a grade by it."""
    t, language = speaker(row.language), row.language
    times = f'start="{_moment(row.start)}" stop="{_moment(row.end)}"'
    yield f'  <programme {times} channel="{row.guide_id}">\n'
    yield _said("title", series_words(row, t), language)
    yield _said("sub-title", row.title, language)
    if again := again_words(row, t):
        yield _said("desc", again, language)
    yield _said("category", t(N_("Lesson")), language)
    yield f"    <language>{escape(language)}</language>\n"
    yield f'    <length units="minutes">{row.lesson.minutes}</length>\n'
    grade = min(row.stream.grades, default=1)
    number = f"{max(grade, 1) - 1} . {max(row.lesson.seq, 1) - 1} . "
    yield f'    <episode-num system="xmltv_ns">{number}</episode-num>\n'
    if row.channel.medium is Medium.RADIO:
        yield "    <video>\n      <present>no</present>\n    </video>\n"
    yield _previously_shown(row)
    if row.lesson.sign_language:
        yield '    <subtitles type="deaf-signed" />\n'
    yield "  </programme>\n"


def _previously_shown(row: ExportRow) -> str:
    """Recorders leave out what is called a repeat."""
    if not row.is_repeat:
        return ""
    if row.earlier is None:
        return "    <previously-shown />\n"
    start, channel = _moment(row.earlier.start), row.earlier.guide_id
    return f'    <previously-shown start="{start}" channel="{channel}" />\n'


def _said(name: str, text: str, language: str) -> str:
    return f'    <{name} lang="{escape(language, _QUOTES)}">{escape(text)}</{name}>\n'


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y%m%d%H%M%S %z")
