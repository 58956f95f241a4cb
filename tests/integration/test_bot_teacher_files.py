"""What a teacher sends as files goes home with the work it answers, an album as one answer."""

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from bot.receiving.attachments import ArrivedFile, Trouble
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.model import Batch, Consignment, Kind
from jetkiz.homework.feedback import (
    MOST_WORDS,
    Marking,
    add_to_feedback,
    answered_return,
    consignment_key,
    give_feedback,
    read_feedback,
)
from jetkiz.homework.model import Feedback
from jetkiz.homework.returns import read_returns
from jetkiz.storage.database import Database
from tests.bot_family import Family, Screen, undone
from tests.bot_staff import BOLAT, TAMARA, add_everybody, bring, linked_staff
from tests.factories import MONDAY, NOW, WEEK, People

KINDS = ("photo", "document", "voice", "audio", "video", "video_note")


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        return add_everybody(connection)


@pytest.fixture
def school(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with linked_staff(sqlite_database, tmp_path, people) as opened:
        opened.link(TAMARA, people.bob)
        yield opened


def sends(school: Family, name: str, kind: str = "photo", **more: Any) -> Screen:
    """Let a file of this name come from the teacher, who is a mother as well."""
    body: dict[str, Any] = {"file_id": "f", "file_unique_id": name, "duration": 3, "length": 9}
    body |= {"width": 9, "height": 9}
    trouble = Trouble.TOO_LARGE if name == "!" else None
    file = ArrivedFile(name, "" if trouble else name * 64, "image/jpeg", trouble)
    return school.hears(TAMARA, {kind: [body] if kind == "photo" else body, **more}, file)


def told(school: Family, work: int) -> list[Feedback]:
    return read_feedback(school.connection, [work])


def names(one: Feedback) -> str:
    return "".join(sorted(sha256[0] for sha256, _ in one.files))


def wanted(school: Family, people: People) -> int:
    """Let the teacher announce an answer to Alice's work."""
    work = bring(school, people.alice, people.lessons[0])
    school.presses(TAMARA, 1, f"1:fb:{work}")
    return work


def reply_to(number: int) -> dict[str, Any]:
    chat = {"id": TAMARA, "type": "private"}
    return {"reply_to_message": {"message_id": number, "date": 1, "chat": chat}}


def no_homework_of_bob(school: Family, people: People) -> bool:
    return read_returns(school.connection, students=[people.bob]) == []


def test_an_album_is_one_answer_in_whatever_order_it_comes(school: Family, people: People) -> None:
    work = wanted(school, people)
    for order in permutations("abc"):
        with undone(school):
            for name in order:
                school.restart()
                caption = {"caption": "Look here."} if name == "b" else {}
                screen = sends(school, name, media_group_id="album", **caption)
            [one] = told(school, work)
            assert (names(one), one.words) == ("abc", "Look here."), order
            assert sum("goes home" in text for text in screen.texts) == 1
    assert no_homework_of_bob(school, people)


def test_what_comes_between_the_parts_of_an_album_parts_nothing(
    school: Family, people: People
) -> None:
    work = wanted(school, people)
    sends(school, "a", media_group_id="album")
    other = bring(school, people.alice, people.lessons[1])
    school.presses(TAMARA, 1, f"1:fb:{other}")
    sends(school, "b", media_group_id="album")
    sends(school, "c", media_group_id="next")
    school.says(TAMARA, "/today")
    sends(school, "d", media_group_id="next")
    assert [names(one) for one in told(school, work)] == ["ab"]
    assert [names(one) for one in told(school, other)] == ["cd"]
    assert no_homework_of_bob(school, people)


def test_a_part_that_comes_when_the_answer_is_on_its_way_goes_home_by_itself(
    school: Family, people: People
) -> None:
    work = wanted(school, people)
    sends(school, "a", media_group_id="album")
    [one] = told(school, work)
    consigned = Consignment(consignment_key(one.id), "telegram", Kind.FEEDBACK, WEEK, MONDAY)
    save_batch(school.connection, Batch("b", "telegram", WEEK, (consigned,)), NOW, NOW)
    sends(school, "b", media_group_id="album")
    assert sorted(names(each) for each in told(school, work)) == ["a", "b"]


def test_a_part_that_cannot_be_read_is_named_and_the_others_go_home(
    school: Family, people: People
) -> None:
    work = wanted(school, people)
    assert "20 MB" in sends(school, "!", media_group_id="album").last["text"]
    for name in "ab":
        sends(school, name, media_group_id="album")
    assert "20 MB" in sends(school, "!", media_group_id="album").last["text"]
    assert [names(one) for one in told(school, work)] == ["ab"]


def test_every_kind_of_file_answers_work(school: Family, people: People) -> None:
    work = wanted(school, people)
    for kind in KINDS:
        with undone(school):
            sends(school, "a", kind)
            assert [names(one) for one in told(school, work)] == ["a"], kind
            school.presses(TAMARA, 1, f"1:wrk:{work}")
            sends(school, "b", kind, **reply_to(max(school.screens[TAMARA].messages)))
            assert [names(one) for one in told(school, work)] == ["b", "a"], kind


def test_a_file_that_answers_nothing_is_nobodys_homework(school: Family, people: People) -> None:
    for kind in KINDS:
        for album in ({}, {"media_group_id": "album"}):
            said = sends(school, "a", kind, **album).last["text"]
            assert "to which work" in said, kind
            assert "own child, press /send" in said
    assert no_homework_of_bob(school, people)


def test_a_teacher_sends_the_work_of_the_own_child_where_that_was_begun(
    school: Family, people: People
) -> None:
    def kept() -> str:
        works = read_returns(school.connection, students=[people.bob])
        works.sort(key=lambda one: one.version)
        return "".join(page.sha256[0] for one in works for page in one.pages)

    school.says(TAMARA, "/send")
    school.press_verb(TAMARA, "hw", people.bob, people.lessons[0])
    sends(school, "a", media_group_id="album")
    school.press_verb(TAMARA, "fin")
    sends(school, "b", media_group_id="album")
    assert kept() == "aab", "a late part belongs to the work that was handed in"
    school.says(TAMARA, "/today")
    assert "to which work" in sends(school, "c").last["text"]
    school.press_verb(TAMARA, "opn", people.bob, people.lessons[1])
    lesson = max(school.screens[TAMARA].messages)
    sends(school, "d", **reply_to(lesson))
    assert "d" in kept()
    school.press_verb(TAMARA, "ask", people.bob, people.lessons[1])
    for name in "ef":
        said = sends(school, name, media_group_id="question").last["text"]
        assert "to which work" not in said
    assert "e" not in kept()


def test_a_caption_too_long_is_refused_and_nothing_is_cut(school: Family, people: People) -> None:
    work = wanted(school, people)
    assert f"{MOST_WORDS} fit" in sends(school, "a", caption="x" * 2001).last["text"]
    assert told(school, work) == []
    sends(school, "a", media_group_id="album", caption="x" * 1500)
    sends(school, "b", media_group_id="album", caption="y" * 600)
    assert sorted(len(one.words) for one in told(school, work)) == [600, 1500]


def test_an_album_of_a_work_that_left_the_class_goes_nowhere(
    school: Family, people: People
) -> None:
    work = wanted(school, people)
    sends(school, "a", media_group_id="album")
    school.presses(BOLAT, 1, f"1:fb:{work}")
    stranger = {"file_id": "f", "file_unique_id": "s", "width": 9, "height": 9}
    file = ArrivedFile("s", "5" * 64, "image/jpeg")
    school.hears(BOLAT, {"photo": [stranger], "media_group_id": "album"}, file)
    assert [names(one) for one in told(school, work)] == ["a"], "albums of two chats are two"


def test_a_further_part_joins_only_what_was_said_by_the_same_act(
    school: Family, people: People
) -> None:
    connection, work = school.connection, bring(school, people.alice, people.lessons[0])
    first = Marking(work, "", "One.", "tamara", "act", (("a" * 64, "image/jpeg"),))
    assert not add_to_feedback(connection, first)
    assert answered_return(connection, "act") == 0
    give_feedback(connection, first, NOW)
    more = Marking(work, "", "Two.", "tamara", "act", (("b" * 64, "image/jpeg"),))
    assert add_to_feedback(connection, more)
    assert answered_return(connection, "act") == work
    assert answered_return(connection, "ac") == 0
    [one] = read_feedback(connection, [work])
    assert (one.words, len(one.files)) == ("One.\nTwo.", 2)
