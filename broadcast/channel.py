"""How TV brings a lesson to a home: it must be aired on a channel that the home receives."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from broadcast.airings import read_airings
from broadcast.exporting import export_week
from broadcast.tv_channels import read_tv_channels
from jetkiz.channel import Capabilities, ChannelError, Reach, Screen, Showing
from jetkiz.delivery.model import Batch, Consignment, Content, Delivery, Kind, Receipt
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson
from jetkiz.roster.access_profile import UNKNOWN, FactKind
from jetkiz.roster.model import Home, Need
from jetkiz.storage.workplace import Workplace

# Of the homes that could watch TV lessons about one half did (Bangladesh 2020, World Bank).
_WATCHES: Final = 0.5
_POWER_CUTS: Final = 0.9
_EXPORT_AT: Final = "09:00"
_RETRY_SECONDS: Final = 600.0

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
    """TV lessons in the windows of the channels that carry them."""

    name = "broadcast"
    capabilities = _CAPABILITIES

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._on_air: dict[int, str] | None = None
        self._names: dict[str, str] | None = None

    def can_reach(self, home: Home, lesson: Lesson) -> Reach:
        """Say whether the home receives the channel on which the lesson is aired."""
        on_air = self._airing_channel(lesson.id)
        if on_air is None:
            return Reach(possible=False, test=N_("TV does not show this lesson"))
        if Need.BRAILLE in home.student.needs:
            return Reach(possible=False, test=N_("TV cannot be used by this student"))
        if home.profile.value(FactKind.TV) == UNKNOWN:
            return Reach(possible=False, test=N_("it is not known which TV channels the home has"))
        if on_air not in home.profile.listed(FactKind.TV):
            words = N_("the home does not receive the TV channel {channel}")
            return Reach(possible=False, test=words, facts={"channel": self._name_of(on_air)})
        cuts = home.profile.value(FactKind.ELECTRICITY) == "cuts"
        words = N_("the home receives the TV channel {channel}")
        likelihood = _WATCHES * (_POWER_CUTS if cuts else 1.0)
        return Reach(
            possible=True,
            test=words,
            facts={"channel": self._name_of(on_air)},
            likelihood=likelihood,
        )

    def _airing_channel(self, lesson: int) -> str | None:
        if self._on_air is None:
            with self._workplace.database.read() as connection:
                self._on_air = {one.lesson: one.channel for one in read_airings(connection)}
        return self._on_air.get(lesson)

    def _name_of(self, key: str) -> str:
        """Return the name people know; a channel that was taken off the list keeps its key."""
        if self._names is None:
            channels = read_tv_channels(self._workplace.settings.data)
            self._names = {one.key: one.name for one in channels}
        return self._names.get(key, key)

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

    def showings(self, connection: Connection, week: str) -> dict[int, Showing]:
        """Return when and on which channel each lesson of a week is aired first."""
        names = {one.key: one.name for one in read_tv_channels(self._workplace.settings.data)}
        airings = sorted(read_airings(connection, week), key=lambda one: one.start, reverse=True)
        return {
            one.lesson: Showing(one.start, names.get(one.channel, one.channel)) for one in airings
        }

    def dispatch(self, batch: Batch, now: datetime) -> list[Receipt]:
        """Write the timetable for the broadcaster; the broadcaster confirms it later."""
        folder = self._workplace.settings.data
        try:
            with self._workplace.database.read() as connection:
                export_week(connection, batch.week, folder, now)
        except JetkizError as error:
            # Whatever it is, a person can put it right while the week is still young.
            raise ChannelError(
                error.sentence, permanent=False, retry_after=_RETRY_SECONDS, **error.facts
            ) from error
        return airing_receipts(batch.consignments, State.PREPARED, "exported", now)


def friday_before(day: date) -> date:
    """Return the Friday before the week of ``day``: the broadcaster needs the file by then."""
    return day - timedelta(days=day.weekday() + 3)


def airing_receipts(
    consignments: Sequence[Consignment], state: State, source: str, now: datetime
) -> list[Receipt]:
    """Return one receipt for each student who watches, with a key that a repetition gives again."""
    return [
        Receipt(
            key=f"{one.key}:{content.student}:{content.attempt}:{source}",
            week=one.week,
            student=content.student,
            lessons=content.lessons,
            state=state,
            channel="broadcast",
            at=now,
            attempt=content.attempt,
            source=source,
            consignment=one.key,
        )
        for one in consignments
        for content in one.contents
    ]
