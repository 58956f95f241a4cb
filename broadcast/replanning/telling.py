"""In which words a change of a timetable is told, with the names and clocks of people."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from broadcast.plan.model import PlannedAiring
from broadcast.problem.model import Problem
from broadcast.replanning.changes import WORDS, Change
from jetkiz.i18n import N_

Words = Callable[..., str]


class Teller:
    """Tells changes of one timetable in one language; ``t`` translates a message id."""

    def __init__(self, problem: Problem, t: Words, language: str) -> None:
        self._t = t
        self._language = language
        self._channels = {one.id: one for one in problem.channels}
        self._lessons = {one.id: one for one in problem.lessons}
        self._streams = {one.id: one for one in problem.streams}

    def change(self, one: Change) -> str:
        """Return the sentence of a change, with how many students it concerns."""
        said = self._t(
            WORDS[one.kind],
            lesson=self.lesson(one.lesson),
            before=self.place(one.before),
            after=self.place(one.after),
        )
        if one.alone:
            words = N_("{change} (students: {students}, reached by nothing else: {alone})")
            return self._t(words, change=said, students=one.students, alone=one.alone)
        words = N_("{change} (students: {students})")
        return self._t(words, change=said, students=one.students)

    def lesson(self, key: str) -> str:
        """Return the title of a lesson with its grades and language; its id when it has none."""
        lesson = self._lessons[key]
        stream = self._streams[lesson.stream]
        titles = lesson.titles
        title = titles.get(self._language) or titles.get(stream.language) or key
        grades = ", ".join(map(str, stream.grades))
        return f"{title} [{grades} {stream.language}]"

    def place(self, airing: PlannedAiring | None) -> str:
        """Return channel, day and time by the clock of the channel."""
        return self.time(airing.channel, airing.start) if airing else ""

    def time(self, channel: str, at: datetime) -> str:
        """Return a moment by the clock of a channel, with its name."""
        there = self._channels[channel]
        return f"{there.name} {at.astimezone(ZoneInfo(there.zone)):%Y-%m-%d %H:%M}"
