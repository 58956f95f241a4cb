"""How TV and radio bring a lesson to a home: by an airing on a channel that the home receives."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from broadcast.airing_receipts import airing_receipts
from broadcast.airings import read_airings, signed_lessons
from broadcast.export.as_ffplayout import Media
from broadcast.export.writing import Wishes
from broadcast.exporting import export_week
from broadcast.missing_logs import Problems, missing_logs
from broadcast.plan.model import AiringStatus
from broadcast.problem.model import Channel, Medium
from broadcast.receiving import OnAir, Station, can_follow, likeness, reach, reaching
from broadcast.tv_channels import read_tv_channels
from jetkiz.channel import Capabilities, ChannelError, MissingLog, Reach, Screen, Showing
from jetkiz.delivery.model import Batch, Consignment, Content, Delivery, Kind, Receipt
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.lessons.model import Lesson
from jetkiz.roster.model import Home
from jetkiz.roster.register import read_homes
from jetkiz.storage.workplace import Workplace

_EXPORT_AT: Final = "09:00"
_RETRY_SECONDS: Final = 600.0
_MAY_COME: Final = frozenset({AiringStatus.PLANNED, AiringStatus.PUBLISHED, AiringStatus.AIRED})
_WAS_TOLD: Final = frozenset({AiringStatus.PUBLISHED, AiringStatus.AIRED, AiringStatus.SHORT})

_CAPABILITIES: Final = Capabilities(
    lead_days=1,
    proves=frozenset({State.PREPARED, State.DISPATCHED, State.FAILED, State.DELIVERED}),
    failure_domain="air",
    is_paper=False,
    batch_size=0,
    can_take_over=False,
    screen=Screen.TV,
)


class BroadcastChannel:
    """Lessons on television and on the radio, in the hours of the channels that carry them."""

    name = "broadcast"
    capabilities = _CAPABILITIES

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._on_air: dict[str, dict[int, list[OnAir]]] = {}
        self._problems: Problems = {}

    def can_reach(self, home: Home, lesson: Lesson) -> Reach:
        """Say whether any airing of the lesson is on a channel that the home receives."""
        if lesson.week not in self._on_air:
            with self._workplace.database.read() as connection:
                self._on_air[lesson.week] = self._aired(connection, lesson.week, _MAY_COME)
        airings = self._on_air[lesson.week].get(lesson.id, ())
        return reach(airings, home, lesson.task.due if lesson.task else None)

    def _aired(
        self, connection: Connection, week: str, statuses: Collection[AiringStatus]
    ) -> dict[int, list[OnAir]]:
        """Return the airings of each lesson that stand so, in the order of their time.

        A channel that was taken off the list keeps its key for a name.
        """
        channels = {one.id: one for one in read_tv_channels(self._workplace.settings.data)}
        signed = signed_lessons(connection, week)
        found: dict[int, list[OnAir]] = defaultdict(list)
        for one in sorted(read_airings(connection, week), key=lambda a: (a.start, a.channel)):
            if one.status not in statuses:
                continue
            known = channels.get(one.channel)
            zone = ZoneInfo(known.zone if known else self._workplace.settings.zone)
            station = _station(known) if known else Station(one.channel, one.channel)
            day = one.start.astimezone(zone).date()
            on_air = OnAir(station, one.start, day, one.lesson in signed)
            found[one.lesson].append(on_air)
        return found

    def prepare(self, deliveries: Sequence[Delivery]) -> list[Consignment]:
        """Make one consignment an airing, for all who watch it."""
        watchers: dict[tuple[str, int, date], list[Content]] = defaultdict(list)
        for one in sorted(deliveries, key=lambda d: (d.day, d.lesson, d.student, d.attempt)):
            content = Content(one.student, (one.lesson,), one.attempt)
            watchers[one.week, one.lesson, one.day].append(content)
        return [
            Consignment(
                key=f"broadcast:{week}:l{lesson}",
                channel=self.name,
                kind=Kind.AIRING,
                week=week,
                due=friday_before(day),
                at=_EXPORT_AT,
                lesson=lesson,
                contents=tuple(contents),
            )
            for (week, lesson, day), contents in watchers.items()
        ]

    def showings(
        self, connection: Connection, week: str, students: Collection[int]
    ) -> dict[int, dict[int, Showing]]:
        """Return when and where each student sees or hears each lesson first, and when again.

        Hours of a draft are nobody's yet. Where nothing is known to reach a home that was planned
        all the same, every airing counts that the student can follow.
        """
        airings = self._aired(connection, week, _WAS_TOLD)
        alike: dict[Hashable, dict[int, Showing]] = {}
        found = {}
        for home in read_homes(connection, students):
            like = likeness(home)
            if like not in alike:
                seen = {n: _seen(some, home) for n, some in airings.items()}
                alike[like] = {n: _showing(some) for n, some in seen.items() if some}
            found[home.student.id] = alike[like]
        return found

    def missing_logs(self, connection: Connection, now: datetime) -> list[MissingLog]:
        """Return whose log of what was aired should have come in the last days and has not."""
        by = self._workplace.settings.as_run_by
        return missing_logs(connection, by, now, self._problems)

    def dispatch(self, batch: Batch, now: datetime) -> list[Receipt]:
        """Write the timetable for the broadcaster; the broadcaster confirms it later."""
        settings = self._workplace.settings
        folder = settings.data
        media = Media(settings.playout_folder, settings.playout_ending)
        try:
            with self._workplace.database.read() as connection:
                export_week(connection, batch.week, folder, wishes=Wishes(media=media))
        except JetkizError as error:
            # Whatever it is, a person can put it right while the week is still young.
            raise ChannelError(
                error.sentence, permanent=False, retry_after=_RETRY_SECONDS, **error.facts
            ) from error
        return airing_receipts(batch.consignments, State.PREPARED, "exported", now)


def _station(one: Channel) -> Station:
    return Station(one.id, one.name, one.medium, one.regions)


def _seen(airings: Sequence[OnAir], home: Home) -> list[OnAir]:
    usable = [one for one in airings if can_follow(one, home.student)]
    return reaching(usable, home) or usable


def _showing(airings: Sequence[OnAir]) -> Showing:
    first, *others = [
        Showing(one.start, one.station.name, one.station.medium == Medium.RADIO) for one in airings
    ]
    return replace(first, again=tuple(others))


def friday_before(day: date) -> date:
    """Return the Friday before the week of ``day``: the broadcaster needs the file by then."""
    return day - timedelta(days=day.weekday() + 3)
