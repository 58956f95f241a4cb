"""What happens in the sample week, step by step: each step may be repeated without harm."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Final

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.delivery.consignments import BatchState, read_heads
from jetkiz.delivery.ledger import differences
from jetkiz.demo import families as homes
from jetkiz.demo.air import (
    confirm_the_timetable,
    hear_the_log,
    make_room_for_the_match,
    put_lessons_on_air,
)
from jetkiz.demo.next_week import plan_next_week, show_earlier_work
from jetkiz.demo.outcome import lay_out, say_report, write_report
from jetkiz.demo.paper import (
    print_paper,
    sign_for_packs,
    take_to_the_counter,
)
from jetkiz.demo.paper_quizzes import accept_quizzes
from jetkiz.demo.post_desk import hear_the_post, ready_the_post
from jetkiz.demo.quizzes import answer_quizzes
from jetkiz.demo.scan_pile import bring_first_sheets_back, bring_paper_back
from jetkiz.demo.second_ways import take_second_ways
from jetkiz.demo.sign_ins import make_sign_ins
from jetkiz.demo.stage import Stage
from jetkiz.demo.teachers import mark_the_queue
from jetkiz.demo.typed import typed
from jetkiz.demo.week_clock import DAYS, WEEK
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.importing import import_lessons
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.importing import ImportWishes, import_roster
from jetkiz.roster.register import read_homes, read_students
from jetkiz.storage.schema import upgrade

SHIPPED: Final = resources.files("jetkiz.demo")
BY: Final = "aigul"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name in the diary, its line for the reader, and what it does."""

    name: str
    title: str
    act: Callable[[Stage], None]


def bring_the_school_in(stage: Stage) -> None:
    """Read the roster and the workbook about the homes."""
    now = stage.move_to("before thu", "08:30")
    wishes = ImportWishes(now.date(), "kk", stage.workplace.settings.zone)
    with stage.workplace.database.write() as connection:
        for name in ("roster.zip", "households.xlsx"):
            import_roster(connection, Path(str(SHIPPED / "school" / name)), wishes, by=BY, now=now)
        students = read_students(connection)
        known = sum(not home.profile.is_unknown for home in read_homes(connection))
    households = len({one.household for one in students})
    stage.say(N_("{n} students in {m} homes."), n=len(students), m=households)
    stage.say(N_("What reaches the home is known for {n} of them."), n=known)


def bring_the_lessons_in(stage: Stage) -> None:
    """Read the lesson folders of the week."""
    now = stage.move_to("before thu", "08:40")
    folder = Path(str(SHIPPED / "lessons"))
    with stage.workplace.database.write() as connection:
        brought = import_lessons(connection, stage.workplace.files, folder, now=now)
        lessons = read_lessons(connection, WEEK)
    languages = Counter(one.language for one in lessons)
    stage.say(
        N_("{n} lessons, {kk} in Kazakh and {ru} in Russian; {tasks} with homework."),
        n=len(lessons),
        kk=languages["kk"],
        ru=languages["ru"],
        tasks=sum(one.task is not None for one in lessons),
    )
    for message in brought.messages:
        stage.show(message.say(stage.t))


def link_the_families(stage: Stage) -> None:
    """Let the families that use Telegram join the bot."""
    stage.move_to("before thu", "09:00")
    with stage.workplace.database.read() as connection:
        families = homes.read_families(connection, stage.workplace.files.hash_of_code)
    count = homes.link_families(stage, families)
    stage.say(
        N_("{n} phones joined the bot with a code from the school, for {m} students."),
        n=len(families),
        m=count,
    )


def live_a_day(stage: Stage, name: str) -> None:
    """Send the day's lessons, let families answer and hand in, hear what was aired."""
    day = parse_week(WEEK) + timedelta(days=DAYS.index(name))
    with stage.workplace.database.read() as connection:
        families = (
            homes.read_families(connection, stage.workplace.files.hash_of_code)
            if "families" not in stage.memory
            else []
        )
        lessons = read_lessons(connection, WEEK)
    families = stage.memory.setdefault("families", families)
    stage.memory["lesson_days"] = {one.id: one.day for one in lessons}
    tasks = {one.id for one in lessons if one.task}
    stage.move_to(name, "07:40")
    stage.settle()
    take_second_ways(stage, name)
    stage.move_to(name, "16:00")
    answered = homes.answer_the_day(stage, families, day)
    works = homes.hand_work_in(stage, families, day, tasks)
    quizzes = answer_quizzes(
        stage, families, day, {one.id: len(one.quiz) for one in lessons if one.quiz}
    )
    stage.settle()
    missed = hear_the_log(stage, day)
    if name == "tue":
        stage.move_to(name, "19:00")
        left = homes.block(stage, families)
        stage.say(
            N_("Families that blocked the bot: {n}. Their lessons need another way."), n=len(left)
        )
    marked = 0
    if name in {"tue", "wed", "thu"}:
        stage.move_to(name, "20:00")
        marked = mark_the_queue(stage)
        stage.settle()
    stage.say(
        N_("Messages answered: {n}. Works handed in: {m}. Marked: {k}. TV lessons missed: {x}."),
        n=answered,
        m=works,
        k=marked,
        x=missed,
    )
    if quizzes:
        stage.say(N_("Quizzes answered in the chat: {n}."), n=quizzes)


def mark_the_rest(stage: Stage) -> None:
    """Mark most of what still waits, and let the words go home; a few wait in the console."""
    stage.move_to("fri", "19:30")
    marked = mark_the_queue(stage, leave=6)
    stage.settle()
    stage.say(N_("Works marked: {n}. The teachers' words are on their way home."), n=marked)
    typed(stage, "packs", "legs", WEEK)


def close_the_week(stage: Stage) -> None:
    """Count, name those with nothing, and put the files in their places."""
    stage.move_to("fri", "20:30")
    stage.settle()
    prove_the_week(stage)
    report = write_report(stage)
    say_report(stage, report)
    lay_out(stage)
    make_sign_ins(stage)


def prove_the_week(stage: Stage) -> None:
    """Refuse to call the week a success when a job failed, a batch stayed or the ledger lies."""
    engine = stage.app.engine
    with stage.workplace.database.read() as connection:
        left = [
            head.id
            for state in (BatchState.WAITING, BatchState.QUEUED, BatchState.STOPPED)
            for head in read_heads(connection, state, until=stage.clock())
        ]
        wrong = differences(connection, WEEK)
    failed = engine.stats().failed
    if failed or left or wrong:
        raise JetkizError(
            N_(
                "The week went wrong: {failed} jobs failed, {left} batches stayed behind, "
                "{wrong} lines of the ledger differ from their receipts."
            ),
            N_("Look at: jetkiz ledger check, and at the last lines above."),
            failed=failed,
            left=len(left),
            wrong=len(wrong),
        )


def _day(name: str) -> Callable[[Stage], None]:
    return lambda stage: live_a_day(stage, name)


def steps() -> Sequence[Step]:
    """Return the steps of the week in their order."""
    from jetkiz.demo.planning import plan_the_week  # noqa: PLC0415

    return (
        Step("school", N_("Thursday: the school's lists come in"), bring_the_school_in),
        Step("lessons", N_("The teachers' lessons come in"), bring_the_lessons_in),
        Step("families", N_("Families link Telegram"), link_the_families),
        Step("post", N_("The post desk: sender, addresses, postal numbers"), ready_the_post),
        Step("air", N_("TV lessons get their hours"), put_lessons_on_air),
        Step("plan", N_("Every lesson of every student gets a way and a reason"), plan_the_week),
        Step("paper", N_("Packs are printed and looked through"), print_paper),
        Step("counter", N_("Friday: on the scales, and to the counter"), take_to_the_counter),
        Step(
            "broadcaster", N_("Friday: the broadcaster gets the timetable"), confirm_the_timetable
        ),
        Step("mon", N_("Monday: minus 38 degrees, the school is closed"), _day("mon")),
        Step("packs", N_("Packs arrive; homes sign for them"), sign_for_packs),
        Step("news", N_("What the post says: letters given out, a bag lost"), hear_the_post),
        Step("tue", N_("Tuesday"), _day("tue")),
        Step("first", N_("The first sheets come back with the carrier"), bring_first_sheets_back),
        Step("match", N_("A match takes an hour of Wednesday's lessons"), make_room_for_the_match),
        Step("wed", N_("Wednesday"), _day("wed")),
        Step("next", N_("Wednesday evening: next week is planned"), plan_next_week),
        Step("thu", N_("Thursday"), _day("thu")),
        Step("earlier", N_("Next week's packs bring what the teachers said"), show_earlier_work),
        Step("fri", N_("Friday"), _day("fri")),
        Step("scans", N_("Paper comes back and is scanned"), bring_paper_back),
        Step("circles", N_("Circles on paper become proposals"), accept_quizzes),
        Step("marks", N_("Teachers mark, and their words go home"), mark_the_rest),
        Step("close", N_("Who got nothing, and why?"), close_the_week),
    )


def make_schema(stage: Stage) -> None:
    """Make the school's memory, or renew it."""
    upgrade(stage.workplace.database)
