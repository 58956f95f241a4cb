"""By which names a studio calls our channels and lessons: damaged letters do not matter."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from broadcast.as_run.model import Clue, LogLine
from broadcast.columns.letters import replaced
from broadcast.plan.model import PlannedAiring
from broadcast.problem.model import Channel, Problem

_STUDIO: Final = "cp1251"


def title_key(title: str) -> str:
    """Return a title without what a studio loses of it: Kazakh letters, signs, capitals, spaces.

    The code page of most studios has no Kazakh letters and writes question marks for them.
    """
    kept = title.casefold().encode(_STUDIO, errors="replace").decode(_STUDIO)
    kept = kept.replace("\ufffd", "?")
    return "".join(one for one in kept if one.isalnum() or one == "?")


def _is_damaged(title: str) -> bool:
    return "?" in title or "\ufffd" in title


def channel_names(problem: Problem) -> dict[str, Channel]:
    """A studio names its channel as it pleases: by our key, its own name, its guide number."""
    return {
        name.casefold(): channel
        for channel in problem.channels
        for name in (channel.guide_id, channel.name, channel.id)
        if name
    }


@dataclass(frozen=True, slots=True)
class Names:
    """The airings of a channel and lesson, found by what a line says of them.

    ``titles_tell`` is False for a log none of whose titles is ours: then they say nothing.
    """

    by_airing: Mapping[str, PlannedAiring]
    by_asset: Mapping[str, str]
    by_title: Mapping[str, str]
    titles_tell: bool

    def airing(self, line: LogLine) -> PlannedAiring | None:
        """Return the airing that a line names by our number."""
        return self.by_airing.get(line.airing.lstrip("0")) or self.by_airing.get(line.airing)

    def lesson(self, line: LogLine) -> tuple[str, Clue] | None:
        """Return the lesson that a line names by its house number or title."""
        found = self.by_asset.get(line.asset.casefold()) if line.asset else None
        if found:
            return found, Clue.ASSET
        found = self.by_title.get(title_key(line.title)) if line.title else None
        return (found, Clue.TITLE) if found else None

    def is_foreign(self, line: LogLine) -> bool:
        """Say whether a line names another programme: then its hour proves nothing of ours."""
        if self.lesson(line):
            return False
        tells_by_asset = bool(line.asset and self.by_asset)
        tells_by_title = bool(line.title and self.titles_tell and not _is_damaged(line.title))
        return tells_by_asset or tells_by_title


def names_of(problem: Problem, airings: Sequence[PlannedAiring], lines: Sequence[LogLine]) -> Names:
    """Return the names of a week; one that two lessons share names neither."""
    aired = {one.lesson for one in airings}
    assets: dict[str, set[str]] = defaultdict(set)
    titles: dict[str, set[str]] = defaultdict(set)
    for lesson in problem.lessons:
        if lesson.id in aired:
            for asset in (lesson.asset, lesson.id):
                assets[asset.casefold()].add(lesson.id)
            for title in lesson.titles.values():
                for written in (title, replaced(title, _STUDIO)):
                    titles[title_key(written)].add(lesson.id)
    by_title = _single(titles)
    seen = {title_key(line.title) for line in lines if line.title}
    return Names(
        {one.id: one for one in airings},
        _single(assets),
        by_title,
        not seen.isdisjoint(by_title),
    )


def _single(found: Mapping[str, set[str]]) -> dict[str, str]:
    return {name: min(some) for name, some in found.items() if name and len(some) == 1}
