"""The commands for a timetable that something came between, with our database and without."""

from datetime import timedelta
from pathlib import Path

import pytest

from broadcast.plan.model import AiringStatus
from broadcast.plan.reading import read_plan
from broadcast.plan.writing import plan_bytes
from broadcast.problem.model import Hours
from broadcast.problem.reading import read_problem
from broadcast.problem.writing import problem_bytes, problem_sha256
from broadcast.revisions import keep_draft, publish, read_published
from jetkiz.storage.database import Database
from tests.factories import NOW, WEEK, add_people
from tests.small_air import at, channel, first, lesson, plan, problem, repeat, stream
from tests.spoken import Jetkiz, stop_the_clock

BEFORE = problem(
    [channel("one"), channel("two")],
    [stream("s0", 1), stream("s1", 2, alone=7)],
    [lesson("w05-0.kk", "s0"), lesson("w05-1.kk", "s1")],
)
OLD = plan(
    first("a", "w05-0.kk", at(0, 9)),
    first("b", "w05-1.kk", at(0, 9, 30)),
    repeat("r", "w05-0.kk", at(0, 18)),
)
MATCH = ("--preempt", "one", "2026-01-26T09:00", "2026-01-26T09:30")


@pytest.fixture
def jetkiz(
    sqlite_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Jetkiz:
    """The commands before the first lesson of the week."""
    stop_the_clock(monkeypatch, NOW)
    return Jetkiz(sqlite_url, tmp_path, capsys)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The files of a broadcaster who has no database of ours."""
    here, there = tmp_path / "in.json", tmp_path / "old.json"
    here.write_bytes(problem_bytes(BEFORE))
    there.write_bytes(plan_bytes(OLD))
    return ["--problem", str(here), "--plan", str(there)]


@pytest.fixture
def published(sqlite_database: Database) -> Database:
    with sqlite_database.write() as connection:
        add_people(connection)
        number = keep_draft(connection, WEEK, BEFORE, OLD, NOW)
        publish(connection, WEEK, number, "tv", NOW)
    return sqlite_database


def test_a_broadcaster_without_our_database_gets_files(
    jetkiz: Jetkiz, files: list[str], tmp_path: Path
) -> None:
    said = jetkiz.run("timetable", "change", *files, *MATCH, "--into", str(tmp_path / "new"))
    assert "Changes: 1." in said
    assert "--publish" not in said
    made = read_plan((tmp_path / "new" / "plan.json").read_bytes())
    hours = read_problem((tmp_path / "new" / "problem.json").read_bytes())
    assert made.parent == 1
    assert made.input_sha256 == problem_sha256(hours)
    assert hours.channels[0].blocked


def test_a_revision_has_the_numbers_that_a_made_timetable_has(
    jetkiz: Jetkiz, files: list[str], tmp_path: Path
) -> None:
    jetkiz.run("timetable", "change", *files, *MATCH, "--into", str(tmp_path / "new"))
    made = read_plan((tmp_path / "new" / "plan.json").read_bytes())
    assert made.report["changes"] == {"made_up": 1}
    assert made.report["capacity"]["lessons"] == 2
    assert made.report["lost_share"]["all"] == 0


def test_what_was_missed_for_good_counts_as_without_an_hour(jetkiz: Jetkiz, tmp_path: Path) -> None:
    only = Hours((0,), 540, 570)
    shut = channel("one", windows=(only,), repeat_windows=(), blocked=(only,))
    before = problem([shut], [stream("s0", 1)], [lesson("w05-0.kk", "s0")])
    here, there = tmp_path / "shut.json", tmp_path / "missed.json"
    here.write_bytes(problem_bytes(before))
    there.write_bytes(
        plan_bytes(plan(first("a", "w05-0.kk", at(0, 9), status=AiringStatus.MISSED)))
    )
    files = ("--problem", str(here), "--plan", str(there))
    said = jetkiz.run("timetable", "change", *files, "--missed")
    assert "No other hour for w05-0.kk" in said
    assert "Changes: 0." in said
    assert "without an hour: 1." in said


def test_nothing_is_kept_until_it_is_published(published: Database, jetkiz: Jetkiz) -> None:
    assert "--publish" in jetkiz.run("timetable", "change", WEEK, *MATCH)
    with published.read() as connection:
        kept = read_published(connection, WEEK)
    assert kept is not None
    assert kept.revision == 1


def test_a_change_is_published_once(published: Database, jetkiz: Jetkiz) -> None:
    assert "Revision 2" in jetkiz.run("timetable", "change", WEEK, *MATCH, "--publish")
    assert "Nothing changes" in jetkiz.run("timetable", "change", WEEK, *MATCH, "--publish")
    with published.read() as connection:
        kept = read_published(connection, WEEK)
    assert kept is not None
    assert kept.revision == 2
    airing = next(one for one in kept.plan.airings if one.id == "a")
    assert (airing.sequence, airing.channel, airing.start) == (1, "two", at(0, 9))


def test_plan_b_is_told_for_a_channel(files: list[str], jetkiz: Jetkiz) -> None:
    said = jetkiz.run("timetable", "plan-b", *files, "--channel", "one")
    assert "one" in said
    assert "2026-01-26" in said
    assert "no hours agreed" in said


def test_of_a_week_that_is_over_there_is_no_plan_b(
    files: list[str], jetkiz: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_the_clock(monkeypatch, NOW + timedelta(days=30))
    assert "nothing to plan for" in jetkiz.run("timetable", "plan-b", *files)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--drop-day", "kk", "2026-01-26"], "made up for: 2"),
        (["--drop-day", "one", "2026-01-26"], "made up for: 2"),
        (["--preempt", "all", "2026-01-26T09:00", "2026-01-26T09:30"], "made up for: 1"),
        (["--window", "one", "mon 20:00-21:00", "--for-repeats"], "Changes: 0."),
        (["--window", "one", "mon 20:00-21:00"], "Changes: 0."),
        (
            ["--move-match", "one", *MATCH[2:], "2026-01-26T09:30", "2026-01-26T10:00"],
            "made up for: 1",
        ),
    ],
)
def test_each_event_can_be_typed(
    files: list[str], jetkiz: Jetkiz, words: list[str], answer: str
) -> None:
    said = jetkiz.run("timetable", "change", *files, *words)
    assert answer in said
    assert ("--into FOLDER" in said) == ("Changes: 0." not in said)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ([], "not clear what came between"),
        ([*MATCH, "--drop-day", "kk", "2026-01-26"], "not clear what came between"),
        (["--preempt", "one", "soon", "later"], "no day with a time"),
        (["--preempt", "nine", *MATCH[2:]], "no channel nine"),
        (["--drop-day", "one", "monday"], "no day"),
        (["--drop-day", "one", "2026-03-01"], "not planned"),
        (["--window", "one", "in the evening"], "no hours"),
        (["--window", "nine", "mon 20:00-21:00"], "no channel nine"),
    ],
)
def test_what_is_typed_wrongly_is_a_sentence(
    files: list[str], jetkiz: Jetkiz, words: list[str], answer: str
) -> None:
    assert answer in jetkiz.refuses("timetable", "change", *files, *words)


def test_a_timetable_has_to_be_named(jetkiz: Jetkiz, files: list[str], tmp_path: Path) -> None:
    assert "which timetable" in jetkiz.refuses("timetable", "change", *MATCH)
    assert "which timetable" in jetkiz.refuses("timetable", "change", *files[:2], *MATCH)
    gone = [*files[:3], str(tmp_path / "nothing.json")]
    assert "cannot be read" in jetkiz.refuses("timetable", "change", *gone, *MATCH)
    said = jetkiz.refuses("timetable", "change", *files, *MATCH, "--publish")
    assert "Only a timetable of our database" in said
