"""Who can come to the duty class, for which day, and when the lists are written."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.calendar.school_weeks import is_school_day, school_day_before
from jetkiz.channel import load_channels, switched_off
from jetkiz.config import Settings, load_settings
from jetkiz.delivery.model import Consignment, Delivery, Kind
from jetkiz.errors import JetkizError
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.lessons.model import LessonKind
from jetkiz.roster.access_profile import AccessProfile, Fact, FactKind, Source
from jetkiz.roster.model import DeliveryMode, Home, Need, Student
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from print_packs.channel import InPersonChannel, PostChannel
from print_packs.duty.channel import DutyClassChannel
from print_packs.duty.register import day_of
from tests.factories import MONDAY, WEEK
from tests.print_school import a_lesson

FRIDAY = date(2026, 1, 23)


@cache
def _place() -> Workplace:
    settings = Settings(zone="Asia/Qostanay", duty_seats=1, data=Path("unused"))
    moment = datetime(2026, 1, 23, 5, 0, tzinfo=UTC)
    return Workplace(
        settings, Database("sqlite:///unused.sqlite3"), FileStore(Path("unused")), lambda: moment
    )


def _channel(moment: datetime) -> DutyClassChannel:
    known = _place()
    return DutyClassChannel(Workplace(known.settings, known.database, known.files, lambda: moment))


def _home(value: str | None, needs: frozenset[Need] = frozenset(), **about: object) -> Home:
    facts = (Fact(FactKind.PICK_UP, value, Source.SURVEY, MONDAY),) if value else ()
    student = Student(1, 1, 1, "2A", 2, "kk", needs)
    return Home(student, AccessProfile(facts), **about)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", LessonKind)
@pytest.mark.parametrize("need", [None, *Need])
def test_a_teacher_is_there_for_every_lesson_and_every_need(
    kind: LessonKind, need: Need | None
) -> None:
    needs = frozenset({need} if need else set())
    answer = DutyClassChannel(_place()).can_reach(_home("yes", needs), a_lesson(kind=kind))
    assert answer.possible
    assert answer.likelihood == 0.9


@pytest.mark.parametrize("value", ["no", "unknown", None, "maybe"])
def test_who_cannot_come_or_was_never_asked_is_told_why(value: str | None) -> None:
    answer = DutyClassChannel(_place()).can_reach(_home(value), a_lesson())
    assert not answer.possible
    assert answer.likelihood == 0
    words = {translator(language)(answer.test) for language in LANGUAGES}
    assert len(words) == len(LANGUAGES)


def test_that_nobody_knows_is_not_said_as_no() -> None:
    answers = {
        DutyClassChannel(_place()).can_reach(_home(value), a_lesson()).test
        for value in ("yes", "no", "unknown")
    }
    assert len(answers) == 3


@pytest.mark.parametrize("mode", DeliveryMode)
def test_how_paper_goes_says_nothing_about_coming(mode: DeliveryMode) -> None:
    """That the school brings paper to a home does not bring the home nearer to the school."""
    channel = DutyClassChannel(_place())
    assert not channel.can_reach(_home(None, delivery_mode=mode), a_lesson()).possible
    assert channel.can_reach(_home("yes", delivery_mode=mode), a_lesson()).possible


def test_a_closed_school_takes_the_duty_class_and_paper_by_hand_together() -> None:
    duty = DutyClassChannel.capabilities.failure_domain
    assert duty == InPersonChannel.capabilities.failure_domain
    assert duty != PostChannel.capabilities.failure_domain


deliveries = st.lists(
    st.builds(
        Delivery,
        week=st.just(WEEK),
        student=st.integers(1, 3),
        household=st.just(7),
        lesson=st.integers(1, 40),
        day=st.integers(0, 6).map(lambda n: MONDAY + timedelta(days=n)),
        channel=st.just("duty_class"),
        attempt=st.integers(1, 2),
    ),
    max_size=12,
    unique_by=lambda one: (one.student, one.lesson, one.attempt),
)
moments = st.integers(0, 14 * 24).map(
    lambda hours: datetime(2026, 1, 19, tzinfo=UTC) + timedelta(hours=hours)
)


def _inside(one: Consignment) -> list[tuple[int, int, int]]:
    return [(c.student, c.attempt, lesson) for c in one.contents for lesson in c.lessons]


@settings(max_examples=60)
@given(deliveries, moments, st.randoms(use_true_random=False))
def test_every_lesson_is_in_one_session_of_its_student_on_a_day_still_to_come(
    wanted: list[Delivery], moment: datetime, chance: object
) -> None:
    channel = _channel(moment)
    sessions = channel.prepare(wanted)
    mixed = list(wanted)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert channel.prepare(mixed) == sessions

    found = [each for one in sessions for each in _inside(one)]
    assert sorted(found) == sorted((one.student, one.attempt, one.lesson) for one in wanted)
    assert len({one.key for one in sessions}) == len(sessions)
    assert len({(one.student, day_of(one), one.contents[0].attempt) for one in sessions}) == len(
        sessions
    )
    days = {(one.student, one.attempt, one.lesson): one.day for one in wanted}
    today = moment.astimezone(ZoneInfo("Asia/Qostanay")).date()
    for one in sessions:
        assert one.kind == Kind.SESSION
        assert one.due < day_of(one)
        assert today < day_of(one)
        for each in _inside(one):
            moved = days[each] != day_of(one)
            assert not moved or days[each] < day_of(one)
            assert not moved or is_school_day(day_of(one))


@pytest.mark.parametrize(
    ("planned", "expected", "printed"),
    [
        (datetime(2026, 1, 23, 5, tzinfo=UTC), MONDAY, FRIDAY),
        (datetime(2026, 1, 25, 20, tzinfo=UTC), MONDAY + timedelta(days=1), MONDAY),
        (datetime(2026, 1, 26, 5, tzinfo=UTC), MONDAY + timedelta(days=1), MONDAY),
        (datetime(2026, 1, 28, 15, tzinfo=UTC), date(2026, 1, 29), date(2026, 1, 28)),
        (datetime(2026, 1, 30, 5, tzinfo=UTC), date(2026, 2, 2), date(2026, 1, 30)),
    ],
)
def test_a_lesson_planned_too_late_for_its_day_is_given_on_the_next(
    planned: datetime, expected: date, printed: date
) -> None:
    """Sunday 20:00 in UTC is Monday already in Qostanay."""
    wanted = Delivery(WEEK, 1, 7, 3, MONDAY, "duty_class")
    (session,) = _channel(planned).prepare([wanted])
    assert day_of(session) == expected
    assert (session.due, session.at) == (printed, "15:00")


@given(st.dates(date(2025, 9, 2), date(2026, 8, 30)))
def test_the_school_day_before_is_the_nearest(day: date) -> None:
    found = school_day_before(day)
    between = (day - found).days
    assert between >= 1
    assert is_school_day(found)
    assert not any(is_school_day(day - timedelta(days=n)) for n in range(1, between))


@pytest.mark.parametrize(
    ("token", "seats", "off"),
    [
        ("", 0, {"telegram", "duty_class"}),
        ("", 3, {"telegram"}),
        ("77:token", 0, {"duty_class"}),
        ("77:token", 1, set()),
    ],
)
def test_a_channel_without_its_means_is_switched_off(token: str, seats: int, off: set[str]) -> None:
    given_means = Settings(telegram_token=token, duty_seats=seats)
    assert switched_off(given_means) == off
    loaded = load_channels(_place(), switched_off(given_means))
    assert set(loaded) == {"telegram", "broadcast", "post", "in_person", "duty_class"} - off


def test_the_duty_class_is_off_until_somebody_gives_it_seats(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).duty_seats == 0
    assert load_settings(tmp_path, {"JETKIZ_DUTY_SEATS": "12"}).duty_seats == 12


@pytest.mark.parametrize("seats", ["-1", "1000001", "many", "2.5", ""])
def test_seats_that_are_no_number_of_seats_are_refused(tmp_path: Path, seats: str) -> None:
    with pytest.raises(JetkizError, match="duty_seats"):
        load_settings(tmp_path, {"JETKIZ_DUTY_SEATS": seats})
