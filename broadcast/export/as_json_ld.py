"""What search engines read of a timetable: a BroadcastEvent of schema.org for each airing."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from broadcast.export.rows import ExportRow, printable
from broadcast.export.words import again_words, series_words, speaker
from broadcast.problem.model import Medium

CONTEXT: Final = "https://schema.org"


def as_json_ld(rows: Sequence[ExportRow], base: str = "urn:jetkiz:") -> bytes:
    """Write events with the fields that Google's documentation of broadcasts requires.

    ``base`` begins every id: an address of the school makes them links. The text may stand in a
    page as it is: no tag can end in it.
    """
    text = json.dumps([_event(row, base) for row in rows], ensure_ascii=False, indent=1)
    return (text.replace("<", "\\u003c").replace("&", "\\u0026") + "\n").encode()


def _event(row: ExportRow, base: str) -> dict[str, Any]:
    """A repeat performs the same work as its first run: that is how the two are joined."""
    t = speaker(row.language)
    told: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "BroadcastEvent",
        "@id": f"{base}airing:{row.airing.id}",
        "name": f"{series_words(row, t)}: {row.title}",
        "startDate": row.start.isoformat(),
        "endDate": row.end.isoformat(),
        "duration": _length(row.airing.minutes),
        "eventStatus": f"{CONTEXT}/Event{'Scheduled' if row.airing.stands else 'Cancelled'}",
        "isLiveBroadcast": False,
        "isAccessibleForFree": True,
        "inLanguage": row.language,
        "publishedOn": _service(row, base),
        "workPerformed": _work(row, base),
    }
    if again := again_words(row, t):
        told["description"] = again
    return told


def _service(row: ExportRow, base: str) -> dict[str, Any]:
    is_radio = row.channel.medium is Medium.RADIO
    return {
        "@type": "RadioBroadcastService" if is_radio else "BroadcastService",
        "@id": f"{base}channel:{row.guide_id}",
        "name": printable(row.channel.name),
        "broadcastDisplayName": printable(row.channel.name),
        "broadcastTimezone": row.channel.zone,
        "inLanguage": list(row.channel.languages),
    }


def _work(row: ExportRow, base: str) -> dict[str, Any]:
    t = speaker(row.language)
    told: dict[str, Any] = {
        "@type": ["CreativeWork", "LearningResource"],
        "@id": f"{base}lesson:{row.lesson.id}",
        "name": row.title,
        "about": series_words(row, t),
        "educationalLevel": row.grades,
        "position": row.lesson.seq,
        "timeRequired": _length(row.lesson.minutes),
        "inLanguage": row.language,
    }
    if row.lesson.sign_language:
        told["accessibilityFeature"] = ["signLanguage"]
    return told


def _length(minutes: int) -> str:
    hours, rest = divmod(timedelta(minutes=minutes), timedelta(hours=1))
    return "PT" + (f"{hours}H" if hours else "") + f"{rest // timedelta(minutes=1)}M"
