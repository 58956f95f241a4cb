"""What the plan looks at in a student: lessons, needs, wishes, and a part in what a home shares."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from jetkiz.lessons.model import Lesson
from jetkiz.roster.access_profile import UNKNOWN, AccessProfile, FactKind
from jetkiz.roster.model import Home
from scheduler.model import PlannedStudent
from scheduler.rules import home_limits


def planned_students(
    homes: Sequence[Home], shelf: Sequence[Lesson], paper_ways: Mapping[int, str]
) -> tuple[PlannedStudent, ...]:
    """Return the students by number; ``paper_ways`` is by household."""
    curricula = _curricula(shelf)
    children = Counter(home.student.household for home in homes)
    found = []
    for home in homes:
        person, profile = home.student, home.profile
        wish = profile.value(FactKind.PREFERENCE)
        count = children[person.household]
        found.append(
            PlannedStudent(
                id=person.id,
                school=person.school,
                household=person.household,
                language=person.language,
                grade=person.grade,
                curriculum=curricula.get((person.language, person.grade), ()),
                needs=person.needs,
                is_unknown=profile.is_unknown,
                wish="" if wish == UNKNOWN else wish,
                paper_way=paper_ways.get(person.household, ""),
                videos=_videos(profile, count),
                phone_lessons=_phone_lessons(profile, count),
                tv_lessons=home_limits.tv_lessons(count) if count > 1 else None,
            )
        )
    return tuple(sorted(found, key=lambda one: one.id))


def _curricula(shelf: Iterable[Lesson]) -> dict[tuple[str, int], tuple[int, ...]]:
    """Return the lessons of each language and grade; the shelf is in the order of the week."""
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    for one in shelf:
        for grade in one.grades:
            found[one.language, grade].append(one.id)
    return {key: tuple(lessons) for key, lessons in found.items()}


def _videos(profile: AccessProfile, children: int) -> int | None:
    """Return the videos a week that the home's data plan pays for each child, if it is known."""
    said = profile.value(FactKind.DATA_CAP_MB)
    return home_limits.videos(int(said), children) if said.isdecimal() else None


def _phone_lessons(profile: AccessProfile, children: int) -> int | None:
    """Return the lessons a day on a phone that is shared, unless there is a computer as well."""
    has_computer = profile.value(FactKind.COMPUTER) in {"own", "lent"}
    if has_computer or profile.value(FactKind.PHONE) != "shared":
        return None
    said = profile.value(FactKind.PHONE_SHARERS)
    return home_limits.phone_lessons(int(said) if said.isdecimal() else max(2, children))
