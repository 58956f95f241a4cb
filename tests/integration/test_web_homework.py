"""The queue, the pages as pictures, marks saved once, and who gets none of it."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.homework.feedback import MOST_WORDS, read_feedback
from jetkiz.homework.model import Page
from jetkiz.homework.quizzes import QuizResult, record_quiz
from jetkiz.homework.returns import add_page
from jetkiz.homework.tables import return_page
from jetkiz.lessons.tables import lesson
from jetkiz.roster.tables import enrolment, teaching
from jetkiz.staff.audit import Act
from jetkiz.staff.tables import audit
from jetkiz.storage.workplace import Workplace
from tests.console import Browser, add_subject_class, bring_work, photo
from tests.factories import NOW, WEEK, People


async def test_the_queue_is_by_task_and_the_oldest_comes_first(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    first, second, _ = web_people.lessons
    bring_work(web_workplace, web_people.bob, second, after=5)
    late, _ = bring_work(web_workplace, web_people.alice, first, after=9)
    bring_work(web_workplace, web_people.alice, second, after=1)
    await visitor.sign_in("aigul")
    await visitor.open("/homework")
    order = [visitor.text.index(f"Lesson w05-{n}") for n in (1, 0)]
    assert order == sorted(order)
    assert visitor.text.index("Test Alice") < visitor.text.index("Test Bob")
    assert visitor.text.count(">late<") == 2
    assert f"/homework/{late}/pages/" in visitor.text


async def test_a_teacher_marks_the_own_class_and_opens_the_next(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    first, second, third = web_people.lessons
    work, _ = bring_work(web_workplace, web_people.alice, first)
    bring_work(web_workplace, web_people.bob, first)
    following, _ = bring_work(web_workplace, web_people.alice, third, after=1)
    await visitor.sign_in("tamara")
    await visitor.open("/homework")
    assert "Test Bob" not in visitor.text
    await visitor.open(f"/homework/{work}")
    assert "Answer." in visitor.text
    key = visitor.value("key")
    await visitor.send(f"/homework/{work}", key=key, mark="5", words=" Жарайсың! ")
    assert visitor.path == f"/homework/{following}?saved=1"
    await visitor.send(f"/homework/{following}", key=visitor.value("key"), mark="4", words="")
    assert visitor.path == "/homework?saved=1"
    assert "Nothing waits" in visitor.text
    assert "Marked lately" in visitor.text
    assert visitor.text.index(f"/homework/{following}") < visitor.text.index(f"/homework/{work}")
    with web_workplace.database.read() as connection:
        (told,) = read_feedback(connection, [work])
        mine = lesson_states(connection, WEEK, [web_people.alice])
    assert (told.mark, told.words, told.by) == ("5", "Жарайсың!", "tamara")
    assert {one.lesson: one.state for one in mine} == {
        first: State.MARKED,
        second: State.PLANNED,
        third: State.MARKED,
    }


async def test_a_form_sent_twice_marks_once(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    work, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{work}")
    key = visitor.value("key")
    for mark in ("5", "5", "2"):
        await visitor.send(f"/homework/{work}", key=key, mark=mark, words="")
        assert visitor.status == 200
    await visitor.open(f"/homework/{work}")
    assert visitor.text.count("Marked already: 5") == 1
    assert visitor.value("key") != key


@pytest.mark.parametrize(
    ("mark", "words", "refusal"),
    [("6", "", "is not a mark"), ("", "", "is not a mark"), ("5", "x" * 2001, "have 2001 letters")],
)
async def test_what_is_no_mark_is_refused(
    visitor: Browser,
    web_workplace: Workplace,
    web_people: People,
    mark: str,
    words: str,
    refusal: str,
) -> None:
    assert len(words) <= MOST_WORDS + 1
    work, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{work}")
    await visitor.send(f"/homework/{work}", key="k", mark=mark, words=words)
    assert visitor.status == 400
    assert refusal in visitor.text


@pytest.mark.parametrize("login", ["bolat", "outsider"])
async def test_work_is_closed_to_others(
    visitor: Browser, web_workplace: Workplace, web_people: People, login: str
) -> None:
    work, (digest,) = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    await visitor.sign_in(login)
    for address in (f"/homework/{work}", f"/homework/{work}/pages/{digest}/small"):
        await visitor.open(address)
        assert visitor.status == 404
    await visitor.send(f"/homework/{work}", key="k", mark="2", words="")
    assert visitor.status == 404
    await visitor.open("/homework")
    assert "Nothing waits" in visitor.text


async def test_a_subject_teacher_marks_the_own_subject_only(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    first, second, _ = web_people.lessons
    with web_workplace.database.write() as connection:
        room = add_subject_class(connection, web_people.school, "Reading")
        place = {"class_id": room, "student_id": web_people.alice, "active": True}
        connection.execute(enrolment.insert().values(place))
        c = teaching.c
        bolat = connection.scalar(select(c.teacher_id).order_by(c.class_id.desc()))
        connection.execute(teaching.insert().values(class_id=room, teacher_id=bolat, active=True))
        other = lesson.update().where(lesson.c.id == second)
        connection.execute(other.values(subject="mathematics"))
    reading, _ = bring_work(web_workplace, web_people.alice, first)
    sums, _ = bring_work(web_workplace, web_people.alice, second)
    await visitor.sign_in("bolat")
    await visitor.open(f"/homework/{sums}")
    assert visitor.status == 404
    await visitor.open(f"/homework/{reading}")
    assert visitor.status == 200


async def test_pages_are_sent_small_and_never_kept_by_others(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    work, (digest,) = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    await visitor.sign_in("tamara")
    address = f"/homework/{work}/pages/{digest}"
    answer = await visitor.client.get(f"{address}/small")
    picture = Image.open(io.BytesIO(await answer.read()))
    assert picture.size == (200, 150)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = await visitor.client.get(
        f"{address}/small", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status == 304
    for missing in (f"{address}/huge", f"/homework/{work}/pages/{'0' * 64}/small"):
        await visitor.open(missing)
        assert visitor.status == 404


async def test_sounds_are_played_files_are_saved_broken_pictures_are_said(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    kinds = ("audio/ogg", "application/pdf", "image/png", "text/html")
    work, digests = bring_work(web_workplace, web_people.alice, web_people.lessons[0], *kinds)
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{work}")
    assert "<audio" in visitor.text
    assert "Open file 2" in visitor.text
    found = {}
    for kind, digest in zip(kinds, digests, strict=True):
        answer = await visitor.client.get(f"/homework/{work}/pages/{digest}/whole")
        found[kind] = (answer.status, answer.content_type)
    assert found == {
        "audio/ogg": (200, "audio/ogg"),
        "application/pdf": (200, "application/octet-stream"),
        "image/png": (400, "text/html"),
        "text/html": (200, "application/octet-stream"),
    }


@pytest.mark.parametrize(
    ("key", "words"), [("scan:0a", "photo of the printed sheet"), ("tg:1", "came by Telegram")]
)
async def test_a_page_says_how_it_came_without_names_of_files(
    visitor: Browser, web_workplace: Workplace, web_people: People, key: str, words: str
) -> None:
    work, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    note = "38c4ba6c.jpg, 1" if key.startswith("scan") else ""
    with web_workplace.database.write() as connection:
        connection.execute(return_page.update().values(key=key, note=note))
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{work}")
    assert f"Page 1, {words}" in visitor.text
    assert ": 38c4ba6c" not in visitor.text


async def test_a_missing_file_is_said_in_words(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    work, (digest,) = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    web_workplace.files.sealed_path(digest).unlink()
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{work}/pages/{digest}/small")
    assert visitor.status == 400
    assert "A stored file is missing" in visitor.text


async def test_a_later_version_takes_the_place_of_an_earlier(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    first, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    second, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0], after=2)
    await visitor.sign_in("tamara")
    await visitor.open("/homework")
    assert f'href="/homework/{second}"' in visitor.text
    assert f'href="/homework/{first}"' not in visitor.text
    await visitor.open(f"/homework/{second}")
    assert f'href="/homework/{first}"' in visitor.text
    await visitor.open(f"/students/{web_people.alice}/{WEEK}")
    assert f'href="/homework/{first}"' in visitor.text


async def test_a_draft_is_not_shown(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    page = Page("draft", web_workplace.files.put(photo()), "image/jpeg", "telegram")
    with web_workplace.database.write() as connection:
        add_page(connection, web_people.alice, web_people.lessons[0], page, NOW)
    await visitor.sign_in("tamara")
    await visitor.open("/homework/1")
    assert visitor.status == 404


async def test_reading_and_marking_are_written_down(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    work, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{work}")
    await visitor.send(f"/homework/{work}", key="k", mark="5", words="secret words")
    with web_workplace.database.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).mappings().all()
    assert [row["act"] for row in rows] == [Act.SIGN_IN, Act.READ_WORK, Act.MARK]
    assert "secret" not in str(rows)


async def test_a_task_of_two_versions_shows_one_mark(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    first = web_people.lessons[0]
    old, _ = bring_work(web_workplace, web_people.alice, first)
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{old}")
    await visitor.send(f"/homework/{old}", key=visitor.value("key"), mark="3", words="")
    new, _ = bring_work(web_workplace, web_people.alice, first, after=1)
    await visitor.open(f"/homework/{new}")
    assert "Marked already" in visitor.text
    assert "Mark it again" not in visitor.text
    await visitor.send(f"/homework/{new}", key=visitor.value("key"), mark="5", words="")
    assert f"/homework/{new}" in visitor.text
    assert f"/homework/{old}" not in visitor.text


@pytest.mark.parametrize(("login", "is_shown"), [("tamara", True), ("bolat", False)])
async def test_answered_quizzes_are_shown_to_the_own_teacher_only(
    visitor: Browser, web_workplace: Workplace, web_people: People, login: str, is_shown: bool
) -> None:
    first = web_people.lessons[0]
    with web_workplace.database.write() as connection:
        result = QuizResult("q", web_people.alice, first, 4, 5, ((0,),) * 5, NOW)
        assert record_quiz(connection, result, NOW)
        assert not record_quiz(connection, result, NOW)
    await visitor.sign_in(login)
    await visitor.open("/homework")
    assert ("4 of 5 right" in visitor.text) == is_shown
