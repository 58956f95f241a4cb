"""The same week for FET, a school timetabler of 20 years: whether its rules can be met, how fast.

Channels are its rooms, streams its students, lessons its activities, one lesson of a subject a day.
FET knows neither the order of a subject nor brothers and sisters. Debian package: fet.
"""

import shutil
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

SECONDS = 120
ALWAYS = ("Weight_Percentage", 100), ("Active", "true")


def fet_seconds(problem: Any) -> float | None:
    """Return how long FET takes for the whole week; None where it is not installed.

    Raises RuntimeError when it placed less than all lessons: then it is no anchor.
    """
    program = shutil.which("fet-cl")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "week.fet")
        source.write_text(fet_file(problem), encoding="utf-8")
        command = [program, f"--inputfile={source}", f"--outputdir={folder}", "--htmllevel=0"]
        begun = time.perf_counter()
        ran = subprocess.run(
            [*command, f"--timelimitseconds={SECONDS}"],
            env={"QT_QPA_PLATFORM": "offscreen", "HOME": folder},
            check=False,
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - begun
        found = [*Path(folder).rglob("*_activities.xml")]
        placed = sum(one.read_text("utf-8").count("<Activity>") for one in found[:1])
    if placed != len(problem.lessons):
        raise RuntimeError(f"FET placed {placed} lessons: {ran.stdout[-500:]} {ran.stderr[-500:]}")
    return seconds


def fet_file(problem: Any) -> str:
    """Write a week of equal lessons and like windows in FET's own format."""
    streams = {one.id: one for one in problem.streams}
    hours = problem.channels[0].windows[0]
    slots = hours.minutes // problem.lessons[0].minutes
    rooms, subjects = defaultdict(list), set()
    for channel in problem.channels:
        rooms[channel.languages[0]].append(channel.id)
    activities, together = [], defaultdict(list)
    for number, lesson in enumerate(problem.lessons, 1):
        subject = streams[lesson.stream].language, lesson.subject
        subjects.add(subject)
        together[lesson.stream, lesson.subject].append(number)
        activities.append(_activity(number, " ".join(subject), lesson.stream))
    parts = [
        _part("Institution_Name", "week"),
        _part("Comments", ""),
        _named("Days_List", "Day", (f"d{day}" for day in hours.days)),
        _named("Hours_List", "Hour", (f"h{slot}" for slot in range(slots))),
        _named("Subjects_List", "Subject", (" ".join(one) for one in sorted(subjects))),
        _part("Activity_Tags_List", ""),
        _part("Teachers_List", ""),
        _named("Students_List", "Year", streams, ("Number_of_Students", 1)),
        _part("Activities_List", "".join(activities), raw=True),
        _part("Buildings_List", ""),
        _named("Rooms_List", "Room", (one.id for one in problem.channels), *_room()),
        _part("Time_Constraints_List", "".join(_time(problem, together.values())), raw=True),
        _part("Space_Constraints_List", "".join(_space(sorted(subjects), rooms)), raw=True),
    ]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<fet version="6.8.5">{"".join(parts)}</fet>\n'


def _room() -> tuple[tuple[str, Any], ...]:
    return ("Building", ""), ("Capacity", 30000), ("Virtual", "false")


def _part(name: str, text: object, *, raw: bool = False) -> str:
    return f"<{name}>{text if raw else escape(str(text))}</{name}>\n"


def _parts(pairs: Iterable[tuple[str, Any]]) -> str:
    return "".join(_part(name, text) for name, text in pairs)


def _named(outer: str, inner: str, names: Iterable[str], *more: tuple[str, Any]) -> str:
    each = [_part(inner, _parts([("Name", name), *more]), raw=True) for name in names]
    word = {"Days_List": "Number_of_Days", "Hours_List": "Number_of_Hours"}.get(outer)
    return _part(outer, (_part(word, len(each)) if word else "") + "".join(each), raw=True)


def _activity(number: int, subject: str, stream: str) -> str:
    texts = (
        ("Subject", subject),
        ("Students", stream),
        ("Duration", 1),
        ("Total_Duration", 1),
        ("Id", number),
        ("Activity_Group_Id", 0),
        ("Active", "true"),
    )
    return _part("Activity", _parts(texts), raw=True)


def _time(problem: Any, together: Iterable[list[int]]) -> Iterator[str]:
    """Yield what must hold of times: lessons a day, and one lesson of a subject a day."""
    yield _part("ConstraintBasicCompulsoryTime", _parts(ALWAYS), raw=True)
    for stream in problem.streams:
        most = (*ALWAYS, ("Maximum_Hours_Daily", stream.per_day_max), ("Students", stream.id))
        yield _part("ConstraintStudentsSetMaxHoursDaily", _parts(most), raw=True)
    for numbers in together:
        if len(numbers) > 1:
            texts = [
                *ALWAYS,
                ("Consecutive_If_Same_Day", "true"),
                ("Number_of_Activities", len(numbers)),
                *(("Activity_Id", number) for number in numbers),
                ("MinDays", 1),
            ]
            yield _part("ConstraintMinDaysBetweenActivities", _parts(texts), raw=True)


def _space(subjects: Iterable[tuple[str, str]], rooms: dict[str, list[str]]) -> Iterator[str]:
    """Yield what must hold of rooms: a lesson on a channel of its language."""
    yield _part("ConstraintBasicCompulsorySpace", _parts(ALWAYS), raw=True)
    for subject in subjects:
        own = rooms[subject[0]]
        texts = [
            *ALWAYS,
            ("Subject", " ".join(subject)),
            ("Number_of_Preferred_Rooms", len(own)),
            *(("Preferred_Room", room) for room in own),
        ]
        yield _part("ConstraintSubjectPreferredRooms", _parts(texts), raw=True)
