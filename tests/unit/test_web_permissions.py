"""Who may see and do what: decided without a database, with the outsider beside each success."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.staff.permissions import (
    Place,
    Right,
    Role,
    Viewer,
    may,
    may_change_air,
    may_open,
    may_see_air,
    may_see_class,
    may_see_school,
)

SCHOOL, OTHER = 1, 2
HER_CLASS, HIS_CLASS, READING, UNNAMED = 10, 11, 20, 21
ALICE = Place(SCHOOL, frozenset({HER_CLASS, READING}))
BOB = Place(SCHOOL, frozenset({HIS_CLASS, UNNAMED}))
CHARLIE = Place(OTHER, frozenset({30}))
EVERYTHING = frozenset(Right)


def _viewer(role: Role, school: int = SCHOOL, **classes: object) -> Viewer:
    return Viewer(1, "x", role, school, "kk", **classes)  # type: ignore[arg-type]


AIGUL = _viewer(Role.COORDINATOR)
OUTSIDER = _viewer(Role.COORDINATOR, OTHER)
HOMEROOM = _viewer(Role.TEACHER, homerooms=frozenset({HER_CLASS}))
OF_READING = _viewer(Role.TEACHER, subjects={READING: "reading"})
OF_UNNAMED = _viewer(Role.TEACHER, subjects={UNNAMED: ""})
NOBODY = _viewer(Role.TEACHER)
AIR = _viewer(Role.BROADCASTER)


def rights(viewer: Viewer, place: Place, subject: str | None = None) -> set[Right]:
    return {right for right in EVERYTHING if may(viewer, right, place, subject)}


def test_the_coordinator_may_do_everything_in_the_school_and_nothing_outside() -> None:
    assert rights(AIGUL, ALICE) == EVERYTHING
    assert rights(AIGUL, CHARLIE) == set()
    assert rights(OUTSIDER, ALICE) == set()
    assert rights(OUTSIDER, CHARLIE) == EVERYTHING


def test_alices_teacher_sees_her_home_and_bobs_not_at_all() -> None:
    own = {Right.SEE_STUDENT, Right.SEE_HOME, Right.NOTE_ARRIVAL, Right.SEE_WORK, Right.MARK}
    assert rights(HOMEROOM, ALICE) == own
    assert rights(HOMEROOM, BOB) == set()
    assert rights(HOMEROOM, CHARLIE) == set()


def test_a_subject_teacher_marks_the_own_subject_and_sees_no_home() -> None:
    assert rights(OF_READING, ALICE, "reading") == {Right.SEE_STUDENT, Right.SEE_WORK, Right.MARK}
    assert rights(OF_READING, ALICE, "mathematics") == {Right.SEE_STUDENT}
    assert rights(OF_READING, ALICE) == {Right.SEE_STUDENT}
    assert rights(OF_READING, BOB, "reading") == set()


def test_a_class_without_a_known_subject_is_taught_whole() -> None:
    assert rights(OF_UNNAMED, BOB, "nature") == {Right.SEE_STUDENT, Right.SEE_WORK, Right.MARK}


def test_the_same_class_number_in_another_school_opens_nothing() -> None:
    stranger = _viewer(Role.TEACHER, OTHER, homerooms=frozenset({HER_CLASS}))
    assert rights(stranger, ALICE) == set()


@pytest.mark.parametrize(
    ("viewer", "number", "allowed"),
    [
        (AIGUL, HIS_CLASS, True),
        (OUTSIDER, HIS_CLASS, False),
        (HOMEROOM, HER_CLASS, True),
        (HOMEROOM, HIS_CLASS, False),
        (OF_READING, READING, True),
        (NOBODY, READING, False),
    ],
)
def test_who_may_open_a_class(viewer: Viewer, number: int, *, allowed: bool) -> None:
    assert may_see_class(viewer, SCHOOL, number) is allowed


def test_only_the_coordinator_opens_the_plan() -> None:
    assert may_see_school(AIGUL)
    assert not may_see_school(HOMEROOM)


CLASSES = st.frozensets(st.integers(1, 6), max_size=4)
TEACHERS = st.builds(
    lambda rooms, subjects, at: _viewer(Role.TEACHER, at, homerooms=rooms, subjects=subjects),
    CLASSES,
    st.dictionaries(st.integers(1, 6), st.sampled_from(["", "reading", "nature"]), max_size=4),
    st.sampled_from([SCHOOL, OTHER]),
)
PLACES = st.builds(Place, st.sampled_from([SCHOOL, OTHER]), CLASSES)
SUBJECTS = st.sampled_from([None, "", "reading", "nature", "mathematics"])


@given(TEACHERS, PLACES, SUBJECTS)
def test_what_a_teacher_may_never_do(viewer: Viewer, place: Place, subject: str | None) -> None:
    found = rights(viewer, place, subject)
    assert not found & {Right.EDIT_HOME, Right.CHANGE_WAY}
    assert found <= rights(_viewer(Role.COORDINATOR, viewer.school), place, subject)
    if not viewer.classes & place.classes or viewer.school != place.school:
        assert found == set()
    if not viewer.homerooms & place.classes:
        assert Right.SEE_HOME not in found
    if found:
        assert Right.SEE_STUDENT in found
    assert (Right.MARK in found) == (Right.SEE_WORK in found)


@given(TEACHERS, PLACES, SUBJECTS, st.integers(1, 6))
def test_one_more_class_never_takes_a_right_away(
    viewer: Viewer, place: Place, subject: str | None, room: int
) -> None:
    more = replace(viewer, homerooms=viewer.homerooms | {room})
    assert rights(viewer, place, subject) <= rights(more, place, subject)


@given(TEACHERS, st.integers(1, 6))
def test_a_class_list_is_open_to_those_who_teach_it(viewer: Viewer, room: int) -> None:
    assert may_see_class(viewer, viewer.school, room) == (room in viewer.classes)
    assert not may_see_class(viewer, viewer.school + 1, room)
    assert not may_see_school(viewer)


def test_a_broadcaster_sees_no_child_and_no_class_whatever_stands_in_the_register() -> None:
    teaches = replace(AIR, homerooms=frozenset({HER_CLASS}), subjects={READING: "reading"})
    for who in (AIR, teaches):
        assert rights(who, ALICE, "reading") == set()
        assert not may_see_class(who, SCHOOL, HER_CLASS)
        assert not may_see_school(who)


@pytest.mark.parametrize(
    ("path", "is_theirs"),
    [
        ("/air-desk", True),
        ("/air-desk/2026-W05", True),
        ("/password", True),
        ("/air-deskX", False),
        ("/", False),
        ("/weeks", False),
        ("/password/x", False),
        ("/a-page-of-next-year", False),
    ],
)
def test_a_broadcaster_opens_the_air_desk_and_no_other_page(path: str, *, is_theirs: bool) -> None:
    assert may_open(AIR, path) is is_theirs
    assert may_open(AIGUL, path)


def test_who_looks_at_the_air_and_who_changes_it() -> None:
    bound = replace(AIR, channels=frozenset({"tv1"}))
    assert [may_see_air(one) for one in (AIR, bound, AIGUL, HOMEROOM)] == [True, True, True, False]
    assert may_change_air(AIR, ["tv1", "tv2"])
    assert may_change_air(bound, ["tv1"])
    assert not may_change_air(bound, ["tv1", "tv2"])
    assert not may_change_air(AIGUL, ["tv1"])
