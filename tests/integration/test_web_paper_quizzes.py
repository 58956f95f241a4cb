"""The teacher sees what was read of a quiz on paper beside its picture, and decides at once."""

import io
import re

from PIL import Image
from sqlalchemy import select, update

from jetkiz.homework.quizzes import read_quizzes
from jetkiz.homework.tables import feedback
from jetkiz.lessons.tables import lesson
from jetkiz.staff.tables import audit
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages.paper_quizzes import answers_of
from print_packs.quizzes.proposals import read_proposals
from print_packs.scans.block_child import WIDE
from tests.console import Browser, bring_work, one_database
from tests.factories import People
from tests.paper_quizzes import add_proposal, add_quiz_sheet, ask_quiz


def quiz_work(
    place: Workplace, people: People, *doubts: str, task: bool = True, found: bool = True
) -> tuple[int, int]:
    """Alice's work with a quiz that was read; return the numbers of work and sheet."""
    lesson = people.lessons[0]
    work, (digest,) = bring_work(place, people.alice, lesson)
    with place.database.write() as connection:
        ask_quiz(connection, lesson, task=task)
        number = add_quiz_sheet(connection, people.alice, lesson)
        add_proposal(connection, number, digest, *doubts, found=found)
    return work, number


def ticked(text: str) -> set[str]:
    return set(re.findall(r'name="answer" value="(\d-\d)" checked', text))


@one_database
async def test_one_press_accepts_what_was_read(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    work, number = quiz_work(web_workplace, web_people)
    await visitor.sign_in("tamara")
    shown = (await visitor.open(f"/homework/{work}")).text
    assert "Quiz on paper: 2 of 2 are right" in shown
    assert "It counts when you accept it" in shown
    assert ticked(shown) == {"0-1", "1-1", "1-3"}
    picture = await visitor.client.get(f"/homework/{work}/quiz/{number}/block")
    assert Image.open(io.BytesIO(await picture.read())).width == WIDE
    with web_workplace.database.read() as connection:
        assert read_quizzes(connection, [web_people.alice]) == [], "proposed, and not given"
    address = f"/homework/{work}/quiz/{number}"
    data = [("csrf", visitor.value("csrf")), *(("answer", one) for one in ticked(shown))]
    for _ in range(2):
        answer = await visitor.client.post(address, data=data)
        assert "The answers are kept" in await answer.text()
    with web_workplace.database.read() as connection:
        (result,) = read_quizzes(connection, [web_people.alice])
        assert (result.right, result.answers) == (2, ((1,), (1, 3)))
        assert connection.scalars(select(audit.c.act).where(audit.c.act == "mark")).all() == [
            "mark"
        ]
        assert connection.scalars(select(feedback.c.words)).all() == [], (
            "the task waits for its mark"
        )
    again = (await visitor.open(f"/homework/{work}")).text
    assert "Decided by tamara" in again
    assert "Accept these answers" not in again


@one_database
async def test_a_doubt_is_named_and_corrected(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    work, number = quiz_work(web_workplace, web_people, "several", task=False)
    await visitor.sign_in("tamara")
    for language, words in (("kk", "Қағаздағы тест"), ("ru", "Тест на бумаге")):
        await visitor.send("/language", language=language, next="/")
        assert words in (await visitor.open(f"/homework/{work}")).text
    await visitor.send("/language", language="en", next="/")
    shown = (await visitor.open(f"/homework/{work}")).text
    assert "1 answer is in doubt" in shown
    assert "more circles are marked" in shown
    with web_workplace.database.write() as connection:
        # The teacher drops a question; on the sheet that is back there are two.
        of_today = [{"text": "?", "options": ["a", "b"], "right": [0], "explanation": ""}]
        connection.execute(update(lesson).values(quiz=of_today))
    await visitor.send(f"/homework/{work}/quiz/{number}", answer="0-0")
    with web_workplace.database.read() as connection:
        (one,) = read_proposals(connection)
        assert (one.decided, one.right, one.by) == (((0,), ()), 0, "tamara")
        said = connection.execute(select(feedback.c.mark, feedback.c.words)).one()
    assert tuple(said) == ("done", "2 сұрақтан 0 дұрыс.")


@one_database
async def test_circles_that_were_not_found_are_read_from_the_page(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    work, number = quiz_work(web_workplace, web_people, "geometry", "geometry", found=False)
    await visitor.sign_in("aigul")
    shown = (await visitor.open(f"/homework/{work}")).text
    assert "read them from the page" in shown
    assert (await visitor.open(f"/homework/{work}/quiz/{number}/block")).status == 404
    assert (await visitor.open(f"/homework/{work}/quiz/999/block")).status == 404


def test_only_circles_of_the_sheet_are_answers() -> None:
    assert answers_of(["0-1", "1-3", "1-0", "9-9", "x", "0-1"], (3, 4)) == ((1,), (0, 3))
    assert answers_of([], (2,)) == ((),)
