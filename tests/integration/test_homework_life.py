"""Homework of two students in random order, beside a model of what a teacher should find."""

import os
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.homework.feedback import Marking, give_feedback, read_feedback, unsent_feedback
from jetkiz.homework.model import Page, ReturnState
from jetkiz.homework.returns import add_page, hand_in, read_returns, remove_last_page
from jetkiz.homework.silence import seal_silent_drafts
from jetkiz.storage.database import Database
from tests.factories import NOW, WEEK, add_people, publish_week
from tests.lives import truths_that_held

ZONE = ZoneInfo("Asia/Qostanay")
SILENCE = timedelta(minutes=30)
WHO = st.sampled_from([0, 1])
KEYS = st.sampled_from([f"event-{n}" for n in range(8)])


@dataclass
class Version:
    """One version of a piece of work as it should be."""

    pages: list[str] = field(default_factory=list)
    last: timedelta = timedelta()
    state: ReturnState = ReturnState.DRAFT


class HomeworkLife(RuleBasedStateMachine):
    """Pages, hand-ins and marks as they may come from phones, scanners and teachers."""

    folder: Path
    template: Path
    numbers = count()

    @initialize()
    def open(self) -> None:
        self.file = self.folder / f"{os.getpid()}-{next(self.numbers)}.sqlite3"
        shutil.copy(self.template, self.file)
        self.database = Database(f"sqlite:///{self.file}")
        with self.database.write() as connection:
            people = add_people(connection, lessons=1)
            publish_week(connection, people)
        self.lesson = people.lessons[0]
        self.students = (people.alice, people.bob)
        self.works: dict[int, list[Version]] = {0: [], 1: []}
        self.keys: set[str] = set()
        self.marks: dict[str, tuple[int, str]] = {}
        self.passed = timedelta()

    def teardown(self) -> None:
        self.database.close()
        self.file.unlink()

    def draft(self, who: int) -> Version | None:
        works = self.works[who]
        return works[-1] if works and works[-1].state == ReturnState.DRAFT else None

    @rule(who=WHO, key=KEYS)
    def a_page_comes(self, who: int, key: str) -> None:
        page = Page(key, "a" * 64, "image/jpeg", "telegram")
        with self.database.write() as connection:
            at = NOW + self.passed
            is_new = add_page(connection, self.students[who], self.lesson, page, at)
        assert is_new == (key not in self.keys)
        if not is_new:
            return
        self.keys.add(key)
        if self.draft(who) is None:
            self.works[who].append(Version())
        self.works[who][-1].pages.append(key)
        self.works[who][-1].last = self.passed

    @rule(who=WHO)
    def the_last_page_is_taken_out(self, who: int) -> None:
        with self.database.write() as connection:
            was_there = remove_last_page(connection, self.students[who], self.lesson)
        draft = self.draft(who)
        assert was_there == bool(draft and draft.pages)
        if draft and draft.pages:
            draft.pages.pop()

    @rule(who=WHO)
    def it_is_handed_in(self, who: int) -> None:
        today = (NOW + self.passed).astimezone(ZONE).date()
        with self.database.write() as connection:
            at = NOW + self.passed
            work = hand_in(connection, self.students[who], self.lesson, today, at, "button")
        draft = self.draft(who)
        assert (work is not None) == bool(draft and draft.pages)
        if work and draft:
            assert [page.key for page in work.pages] == draft.pages
            assert work.version == len(self.works[who])
            draft.state = ReturnState.HANDED_IN

    @rule(minutes=st.integers(1, 60))
    def time_passes(self, minutes: int) -> None:
        self.passed += timedelta(minutes=minutes)

    @rule()
    def silence_seals(self) -> None:
        now = NOW + self.passed
        with self.database.write() as connection:
            sealed = seal_silent_drafts(connection, now - SILENCE, ZONE, now)
        expected = set()
        for who in (0, 1):
            draft = self.draft(who)
            # A page that was taken out again was a sign of life too.
            if draft and draft.pages and draft.last <= self.passed - SILENCE:
                expected.add(self.students[who])
                draft.state = ReturnState.HANDED_IN
        assert {work.student for work in sealed} == expected

    @precondition(lambda self: any(self._handed()))
    @rule(data=st.data(), act=st.sampled_from(["act-1", "act-2", "act-3"]))
    def a_teacher_marks(self, data: st.DataObject, act: str) -> None:
        who, number = data.draw(st.sampled_from(self._handed()))
        mark = data.draw(st.sampled_from(["5", "3"]))
        with self.database.write() as connection:
            found = read_returns(connection, students=[self.students[who]])
            work = next(one for one in found if one.version == number + 1)
            key = f"{work.id}:{act}"
            given = give_feedback(
                connection, Marking(work.id, mark, "", "teacher", key), NOW + self.passed
            )
        kept = self.marks.setdefault(key, (work.id, mark))
        assert (given.homework_return, given.mark) == kept
        self.works[who][number].state = ReturnState.MARKED

    def _handed(self) -> list[tuple[int, int]]:
        return [
            (who, number)
            for who, works in self.works.items()
            for number, work in enumerate(works)
            if work.state != ReturnState.DRAFT
        ]

    @invariant()
    def nothing_is_lost_and_nothing_is_doubled(self) -> None:
        with self.database.read() as connection:
            for who, student in enumerate(self.students):
                found = sorted(
                    read_returns(connection, students=[student]), key=lambda one: one.version
                )
                assert [work.state for work in found] == [one.state for one in self.works[who]]
                for work, model in zip(found, self.works[who], strict=True):
                    assert [page.key for page in work.pages] == model.pages
                    assert (work.handed_in_at is None) == (model.state == ReturnState.DRAFT)

    @invariant()
    def the_ledger_knows_the_best_that_happened(self) -> None:
        with self.database.read() as connection:
            for who, student in enumerate(self.students):
                [stand] = lesson_states(connection, WEEK, [student])
                states = {work.state for work in self.works[who]}
                if ReturnState.MARKED in states:
                    assert stand.state == State.MARKED
                elif ReturnState.HANDED_IN in states:
                    assert stand.state == State.RETURNED
                else:
                    assert stand.state == State.PLANNED

    @invariant()
    def every_mark_is_kept_once_and_waits_to_go_home(self) -> None:
        with self.database.read() as connection:
            given = read_feedback(connection)
            waiting = unsent_feedback(connection)
        assert sorted((one.homework_return, one.mark) for one in given) == sorted(
            self.marks.values()
        )
        assert waiting == given[::-1]


def test_no_order_of_pages_hand_ins_and_marks_loses_anything(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    places = {"folder": tmp_path, "template": migrated_sqlite}
    assert truths_that_held(HomeworkLife, lives=12, steps=12, **places) == {
        "nothing_is_lost_and_nothing_is_doubled",
        "the_ledger_knows_the_best_that_happened",
        "every_mark_is_kept_once_and_waits_to_go_home",
    }
