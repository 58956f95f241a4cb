"""What goes into each household's pack: the children, their week, their lessons and sheets."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, select

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import Batch, Consignment, Content
from jetkiz.i18n.alphabet import alphabetical
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.model import Address, DeliveryMode, Household, Name, Need, Student
from jetkiz.roster.register import read_households, read_names, read_schools, read_students
from jetkiz.roster.tables import school
from jetkiz.storage.many_values import among
from print_packs.model import AnswerSheet, ChildPart, HomeCode, Letter, Pack, WeekLine
from print_packs.pages.dates import week_days
from print_packs.post.address_checks import blocking
from print_packs.post.addresses import household_letter, packing_order, school_letter
from print_packs.quizzes.geometry import fits
from print_packs.records import PackRow, SheetPlace, SheetRow

PAPER = frozenset({"post", "in_person"})


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the packs of a batch are composed of."""

    week: str
    households: Mapping[int, Household]
    students: Mapping[int, Student]
    names: Mapping[int, Name]
    lessons: Mapping[int, Lesson]
    weeks: Mapping[int, tuple[WeekLine, ...]]
    senders: Mapping[tuple[int, str], Letter]


def gather(connection: Connection, batch: Batch) -> Facts:
    """Read what the packs of a batch are composed of."""
    people = {content.student for one in batch.consignments for content in one.contents}
    students = {one.id: one for one in read_students(connection, people)}
    states = lesson_states(connection, batch.week, people)
    named = {n for one in batch.consignments for c in one.contents for n in c.lessons}
    wanted = named | {one.lesson for one in states}
    lessons = {one.id: one for one in read_lessons(connection, only=sorted(wanted))}
    weeks: dict[int, list[WeekLine]] = defaultdict(list)
    for one in states:
        if one.lesson in lessons:
            weeks[one.student].append(WeekLine(lessons[one.lesson], one.channel))
    homes = {one.household for one in batch.consignments if one.household is not None}
    households = read_households(connection, homes)
    schools = {one.school for one in households.values()}
    return Facts(
        week=batch.week,
        households=households,
        students=students,
        names=read_names(connection, people),
        lessons=lessons,
        weeks={student: tuple(sorted(lines, key=_day)) for student, lines in weeks.items()},
        senders=sender_letters(connection, schools),
    )


def _day(line: WeekLine) -> tuple[object, ...]:
    return (line.lesson.day, line.lesson.order, line.lesson.code)


def sender_letters(
    connection: Connection, schools: Collection[int]
) -> dict[tuple[int, str], Letter]:
    """Return how each school is written as a sender, by its number and the language."""
    c = school.c
    rows = connection.execute(select(c.id, c.address).where(among(c.id, schools)))
    own = {row.id: dict(row.address or {}) for row in rows}
    phones = {number: str(values.pop("phone", "")) for number, values in own.items()}
    addresses = {number: Address(**values) for number, values in own.items()}
    # Where a school gave no address, the place of its homes stands for it.
    nowhere = [number for number, address in addresses.items() if not address.settlement]
    neighbours: dict[int, list[Household]] = defaultdict(list)
    for home in read_households(connection, schools=nowhere).values() if nowhere else ():
        neighbours[home.school].append(home)
    return {
        (one.id, language): replace(
            school_letter(one.name, addresses[one.id], language, neighbours[one.id]),
            phone=phones[one.id],
        )
        for one in read_schools(connection)
        if one.id in own
        for language in ("kk", "ru", "en")
    }


def in_order(
    facts: Facts, consignments: Sequence[Consignment]
) -> list[tuple[Consignment, Household]]:
    """Return the packs that can be made, in packing order: first what the post carries."""
    known = [
        (one, facts.households[one.household])
        for one in consignments
        if one.household is not None
        and one.household in facts.households
        and children_in(facts, one)
    ]
    return sorted(known, key=lambda pair: (*_way(*pair), packing_order(pair[1]), pair[0].key))


def _way(consignment: Consignment, household: Household) -> tuple[bool, bool]:
    """Put what the post carries before what the school brings, and that before what is fetched."""
    posted = by_post(consignment, household)
    return not posted, not posted and _is_fetched(consignment, household)


def by_post(consignment: Consignment, household: Household) -> bool:
    """True when the post office carries this pack; otherwise somebody signs for it.

    An address that the post would refuse stops nothing: its pack is among those by hand.
    """
    return _is_for_the_post(consignment, household) and not blocking(household)


def _is_for_the_post(consignment: Consignment, household: Household) -> bool:
    return consignment.channel == "post" and household.delivery_mode == DeliveryMode.POST


def _why_by_hand(consignment: Consignment, household: Household) -> tuple[str, ...]:
    return blocking(household) if _is_for_the_post(consignment, household) else ()


def _is_fetched(consignment: Consignment, household: Household) -> bool:
    """True when somebody of the home comes for the pack: nobody of the school carries it."""
    modes = {DeliveryMode.PICK_UP}
    if consignment.channel != "post":
        modes.add(DeliveryMode.POST)
    return household.delivery_mode in modes


def children_in(facts: Facts, consignment: Consignment) -> list[Content]:
    """Return what a consignment holds for children who are still at the school."""
    return [one for one in consignment.contents if one.student in facts.students]


def tasks_of(facts: Facts, content: Content) -> list[Lesson]:
    """Return the lessons for which a child gets answer sheets.

    A lesson on television cannot bring a task or a quiz home, so their sheets lie in the pack too.
    """
    wanted = set(content.lessons)
    if content.attempt == 1:
        lines = facts.weeks.get(content.student, ())
        wanted |= {line.lesson.id for line in lines if line.channel == "broadcast"}
    known = [facts.lessons[n] for n in wanted if n in facts.lessons]
    found = [one for one in known if one.task or _quiz_of(one)]
    return sorted(found, key=lambda one: (one.day, one.order, one.code))


def _quiz_of(lesson: Lesson) -> tuple[int, ...]:
    options = tuple(len(one.options) for one in lesson.quiz)
    return options if fits(options) else ()


def _sheets_of(lesson: Lesson, content: Content) -> list[AnswerSheet]:
    """Return the pages that come back: first those to write on, then the quiz.

    The questions of a quiz stand below the printed lesson; where there is none, they go with it.
    """
    quiz = _quiz_of(lesson)
    written = lesson.task.pages if lesson.task else 0
    pages = written + bool(quiz)
    sheets = [AnswerSheet(0, lesson, page, pages) for page in range(1, written + 1)]
    if quiz:
        asks = lesson.id not in content.lessons
        sheets.append(AnswerSheet(0, lesson, pages, pages, quiz, asks))
    return sheets


def sheet_places(packs: Sequence[Pack]) -> list[SheetPlace]:
    """Return every page on which a child of these packs can answer."""
    return [
        (one.name, child.student, sheet.lesson.id, sheet.page, sheet.pages)
        for one in packs
        for child in one.children
        for sheet in child.sheets
    ]


def code_places(packs: Sequence[Pack]) -> dict[tuple[str, int], int]:
    """Return each child of each pack, and the school whose bot the home would use."""
    return {(one.consignment, child.student): one.school for one in packs for child in one.children}


@dataclass(frozen=True, slots=True)
class Allotted:
    """What was given out for a run before it is drawn: serials of sheets, codes for the homes."""

    rows: Mapping[str, PackRow]
    sheets: Mapping[tuple[int, int, int, int], SheetRow]
    codes: Mapping[tuple[str, int], HomeCode]


def compose(facts: Facts, consignments: Sequence[Consignment]) -> list[Pack]:
    """Join facts into packs in packing order; nothing in them has its number yet."""
    return [
        _draft(facts, consignment, household)
        for consignment, household in in_order(facts, consignments)
    ]


def _draft(facts: Facts, consignment: Consignment, household: Household) -> Pack:
    children = [_child(facts, content) for content in children_in(facts, consignment)]
    return Pack(
        consignment=consignment.key,
        print_id="",
        key=household.key,
        household=household.id,
        week=facts.week,
        language=household.language,
        place=0,
        of=0,
        by_post=by_post(consignment, household),
        addressee=household_letter(household),
        sender=facts.senders.get((household.school, household.language), Letter("")),
        return_by=_return_by(children, facts.week),
        children=tuple(sorted(children, key=_child_order)),
        school=household.school,
        is_fetched=_is_fetched(consignment, household),
        why_by_hand=_why_by_hand(consignment, household),
    )


def numbered(packs: Sequence[Pack], allotted: Allotted) -> list[Pack]:
    """Return packs with the numbers that were given out for them, in the order of these."""
    last = max((one.place for one in allotted.rows.values()), default=0)
    done = [_with_numbers(one, allotted, last) for one in packs]
    return sorted(done, key=lambda one: one.place)


def _with_numbers(pack: Pack, allotted: Allotted, last: int) -> Pack:
    row = allotted.rows[pack.name]
    children = tuple(
        replace(
            child,
            sheets=tuple(
                replace(
                    one,
                    serial=allotted.sheets[row.id, child.student, one.lesson.id, one.page].serial,
                )
                for one in child.sheets
            ),
            code=allotted.codes.get((pack.consignment, child.student)),
        )
        for child in pack.children
    )
    return replace(pack, print_id=row.print_id, place=row.place, of=last, children=children)


def _child_order(child: ChildPart) -> tuple[int, str, tuple[str, str]]:
    return child.grade, child.class_title, alphabetical(child.name)


def _return_by(children: Sequence[ChildPart], week: str) -> date:
    due = [s.lesson.task.due for c in children for s in c.sheets if s.lesson.task]
    return max(due, default=week_days(week)[1])


def _child(facts: Facts, content: Content) -> ChildPart:
    student = facts.students[content.student]
    lessons = [facts.lessons[n] for n in content.lessons if n in facts.lessons]
    answer = tuple(
        sheet for lesson in tasks_of(facts, content) for sheet in _sheets_of(lesson, content)
    )
    name = facts.names.get(student.id)
    return ChildPart(
        student=student.id,
        name=name.given if name else "",
        class_title=student.class_title,
        grade=student.grade,
        language=student.language,
        is_large=Need.LARGE_PRINT in student.needs,
        week=facts.weeks.get(student.id, ()),
        lessons=tuple(sorted(lessons, key=lambda one: (one.day, one.order, one.code))),
        sheets=answer,
        attempt=content.attempt,
    )


def without(pack: Pack, unprintable: frozenset[int]) -> Pack:
    """Return a pack without the lessons that cannot be set."""
    children = tuple(
        replace(
            child,
            lessons=tuple(one for one in child.lessons if one.id not in unprintable),
            sheets=tuple(one for one in child.sheets if one.lesson.id not in unprintable),
        )
        for child in pack.children
    )
    return replace(pack, children=children)
