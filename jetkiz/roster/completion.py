"""What a file leaves open and the school decides: own class, grade, language, household."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from jetkiz.i18n import N_
from jetkiz.roster.incoming import Incoming, Key, Subject, Taught, Values
from jetkiz.roster.model import DeliveryMode
from jetkiz.roster.reading.findings import Findings, Place
from jetkiz.roster.register_state import RegisterState

# Keys that Jetkiz makes itself, for what a file leaves open.
OWN_HOUSEHOLD: Final = "student:"
GRADE_CLASS: Final = "grade:"
TITLE_CLASS: Final = "class:"

_LOOKALIKES: Final = str.maketrans("abcehkmoptxy", "авсенкмортху")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where nobody said anything."""

    language: str
    zone: str


def folded(text: str) -> str:
    """Return a name or title as it is compared: case, ё and Latin look-alikes do not count."""
    return text.casefold().replace("ё", "е").replace(" ", "").translate(_LOOKALIKES)


def complete(
    incoming: Incoming, register: RegisterState, defaults: Defaults, findings: Findings, file: str
) -> None:
    """Fill what is open; the file's word first, then the register's, then the default."""
    completion = _Completion(incoming, register, defaults, findings, Place(file))
    completion.schools()
    completion.students()
    completion.teachers()
    completion.households()
    completion.guardians()


class _Completion:
    def __init__(
        self,
        incoming: Incoming,
        register: RegisterState,
        defaults: Defaults,
        findings: Findings,
        place: Place,
    ) -> None:
        self.incoming = incoming
        self.register = register
        self.defaults = defaults
        self.findings = findings
        self.place = place
        self.homerooms = self._homerooms_of_students()
        self.titles = self._classes_by_title()
        self.followers: list[tuple[str, str, str, Values]] = []

    def _value(self, subject: Subject, key: Key, column: str) -> object:
        """Return what the file says of something, or else the register."""
        said = self.incoming[subject].get(key, {}).get(column)
        return self.register.value(subject, key, column) if said is None else said

    def _homerooms_of_students(self) -> dict[Key, list[Key]]:
        found: dict[Key, list[Key]] = defaultdict(list)
        classes = self.incoming[Subject.CLASS]
        for (school, room, student), values in self.incoming[Subject.PLACE].items():
            key = (school, room)
            if values["active"] and classes.get(key, {}).get("is_homeroom"):
                found[school, student].append(key)
        return found

    def _classes_by_title(self) -> dict[Key, Key]:
        found: dict[Key, Key] = {}
        for key, entry in self.register[Subject.CLASS].items():
            if entry.values["is_homeroom"] and entry.values["active"]:
                found[key[0], folded(entry.values["title"])] = key
        for key, values in self.incoming[Subject.CLASS].items():
            if values["is_homeroom"]:
                found[key[0], folded(values["title"])] = key
        return found

    def schools(self) -> None:
        for key, values in self.incoming[Subject.SCHOOL].items():
            if key not in self.register[Subject.SCHOOL]:
                values.setdefault("zone", self.defaults.zone)

    def students(self) -> None:
        for key, values in list(self.incoming[Subject.STUDENT].items()):
            room = self._own_class(key, values)
            self._grade(key, values, room)
            self._language(key, values, room)
            self._household(key, values)
            room = room or self._class_of_grade(key, values)
            if room:
                self._move(key, values, room)

    def _own_class(self, key: Key, values: Values) -> Key | None:
        title = values.pop("class_title", None)
        if title:
            return self._class_of_title(key, values, title)
        rooms = sorted(self.homerooms.get(key, []))
        if len(rooms) > 1:
            return self._one_of(key, rooms)
        return rooms[0] if rooms else None

    def _one_of(self, key: Key, rooms: list[Key]) -> Key:
        current = (key[0], str(self.register.value(Subject.STUDENT, key, "class") or ""))
        chosen = current if current in rooms else rooms[0]
        self.findings.warn(
            self.place,
            N_("Student {student} is in two classes: {classes}; {chosen} was taken."),
            N_("Correct it at the source, or choose with: jetkiz roster set student."),
            student=key[1],
            classes=", ".join(room[1] for room in rooms),
            chosen=chosen[1],
            cause=("two classes", key),
        )
        return chosen

    def _class_of_title(self, key: Key, values: Values, title: str) -> Key:
        wanted = (key[0], folded(title))
        if wanted not in self.titles:
            room = (key[0], TITLE_CLASS + title)
            self.titles[wanted] = room
            self._new_class(room, title, values.get("grade"), values.get("language"))
        return self.titles[wanted]

    def _class_of_grade(self, key: Key, values: Values) -> Key | None:
        """Without homerooms the grade is the class, so that nobody is missing from the lists."""
        before = str(self.register.value(Subject.STUDENT, key, "class") or "")
        if before and not before.startswith(GRADE_CLASS):
            return None
        room = (key[0], f"{GRADE_CLASS}{values['grade']}")
        if room not in self.register[Subject.CLASS]:
            self._new_class(room, str(values["grade"]), values["grade"], None)
        return room

    def _new_class(self, room: Key, title: str, grade: int | None, language: str | None) -> None:
        values = {"title": title, "grade": grade, "language": language, "subject": ""}
        self.incoming.put(Subject.CLASS, room, values | {"is_homeroom": True, "active": True})

    def _move(self, key: Key, values: Values, room: Key) -> None:
        """Give the student this class; the place in the class before it ends."""
        values["class"] = room[1]
        if self.register.is_edited(Subject.STUDENT, key, "class"):
            self._keep_out(key)
            return
        self.incoming.put(Subject.PLACE, (*room, key[1]), {"active": True})
        before = self.register.value(Subject.STUDENT, key, "class")
        if before and before != room[1]:
            self.incoming.put(Subject.PLACE, (key[0], str(before), key[1]), {"active": False})

    def _keep_out(self, key: Key) -> None:
        """A class set by hand is the only own class: the file's is not entered again."""
        own = self.register.value(Subject.STUDENT, key, "class")
        for room in self.homerooms.get(key, []):
            if room[1] != own:
                self.incoming[Subject.PLACE].pop((*room, key[1]), None)

    def _grade(self, key: Key, values: Values, room: Key | None) -> None:
        if "grade" in values:
            return
        grade = self._value(Subject.CLASS, room, "grade") if room else None
        if grade is None:
            grade = self.register.value(Subject.STUDENT, key, "grade")
        if grade is None:
            self.findings.error(
                self.place,
                N_("Nobody says the grade of some students, as of {student}."),
                N_("Fill the column of grades for students or for their classes."),
                student=key[1],
                cause="grade",
            )
            grade = 0
        values["grade"] = grade

    def _language(self, key: Key, values: Values, room: Key | None) -> None:
        if "language" in values:
            return
        language = self.register.value(Subject.STUDENT, key, "language")
        moves = room and room[1] != self.register.value(Subject.STUDENT, key, "class")
        if room and (moves or language is None):
            language = self._value(Subject.CLASS, room, "language") or language
        if language is None:
            language = self.defaults.language
            self.findings.note(
                self.place,
                N_("The language of instruction is not said; {language} was taken."),
                N_("Say another with --language-of-instruction, or in our workbook."),
                language=language,
                cause="language",
            )
        values["language"] = language

    def _household(self, key: Key, values: Values) -> None:
        before = str(self.register.value(Subject.STUDENT, key, "household") or "")
        if "household" in values:
            self._take_guardians_along(key, before, values["household"])
            return
        if before:
            return
        own = OWN_HOUSEHOLD + key[1]
        values["household"] = own
        self.incoming.put(Subject.HOUSEHOLD, (key[0], own), {"active": True})
        self.incoming[Subject.HOUSEHOLD][key[0], own]["language"] = values["language"]

    def _take_guardians_along(self, key: Key, before: str, household: str) -> None:
        """Whoever answers for a student leaves the automatic household with the student."""
        if before == household or not before.startswith(OWN_HOUSEHOLD):
            return
        for (school, home, guardian), entry in self.register[Subject.GUARDIAN].items():
            if (school, home) == (key[0], before):
                self.followers.append((school, household, guardian, entry.values))

    def teachers(self) -> None:
        """Give teachers the own classes that are named; the ones not named any more end."""
        known = self._classes_by_title() if self.incoming.taught else {}
        for taught in self.incoming.taught:
            school, teacher = taught.teacher
            rooms = set()
            for title in taught.classes:
                room = known.get((school, folded(title)))
                if room:
                    rooms.add(room[1])
                else:
                    self._tell_no_class(taught, title)
            for room_id in rooms:
                key = (school, room_id, teacher)
                self.incoming.put(Subject.TEACHING, key, {"active": True})
            self._end_teaching(school, teacher, rooms)

    def _tell_no_class(self, taught: Taught, title: str) -> None:
        self.findings.error(
            Place(taught.file, taught.row, "classes", title),
            N_("There is no class {title}."),
            N_("Write classes as students have them, with commas, as in 7А, 8Б."),
            title=title,
            cause=("no class", title),
        )

    def _end_teaching(self, school: str, teacher: str, rooms: set[str]) -> None:
        for key, entry in self.register[Subject.TEACHING].items():
            is_other = (key[0], key[2]) == (school, teacher) and key[1] not in rooms
            is_own = self.register.value(Subject.CLASS, key[:2], "is_homeroom")
            if is_other and is_own and entry.values["active"]:
                self.incoming.put(Subject.TEACHING, key, {"active": False})

    def guardians(self) -> None:
        """Put guardians who are tied to a student into that student's household."""
        for student, guardian, values in self.incoming.student_guardians:
            household = self._value(Subject.STUDENT, student, "household")
            self.incoming.put(Subject.GUARDIAN, (student[0], str(household), guardian), values)
        self._add_followers()
        for key, values in self.incoming[Subject.GUARDIAN].items():
            if key not in self.register[Subject.GUARDIAN]:
                home = self._value(Subject.HOUSEHOLD, key[:2], "language")
                values.setdefault("language", home or self.defaults.language)

    def _add_followers(self) -> None:
        """Somebody the new household has already, by id or by name, is not there twice."""
        names = {
            (
                *key[:2],
                folded(str(values.get("family_name"))),
                folded(str(values.get("given_name"))),
            )
            for key, values in self.incoming[Subject.GUARDIAN].items()
        }
        for school, home, guardian, values in self.followers:
            name = (school, home, folded(values["family_name"]), folded(values["given_name"]))
            if (
                name not in names
                and (school, home, guardian) not in self.register[Subject.GUARDIAN]
            ):
                self.incoming.put(Subject.GUARDIAN, (school, home, guardian), values)

    def households(self) -> None:
        """Give new households a language and a way for paper; post needs an address."""
        spoken = self._languages_at_home()
        for key, values in self.incoming[Subject.HOUSEHOLD].items():
            if key in self.register[Subject.HOUSEHOLD]:
                continue
            values.setdefault("language", spoken.get(key, self.defaults.language))
            has_address = values.get("settlement") and values.get("index6")
            # "hand" is a promise that somebody brings it; only the school can make it.
            mode = DeliveryMode.POST if has_address else DeliveryMode.PICK_UP
            values.setdefault("delivery_mode", mode.value)

    def _languages_at_home(self) -> dict[Key, str]:
        return {
            (key[0], values["household"]): values["language"]
            for key, values in self.incoming[Subject.STUDENT].items()
            if "household" in values
        }
