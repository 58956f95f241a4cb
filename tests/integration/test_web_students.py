"""The page of a student: evidence, home, corrections, arrival, giving by hand; and the refusals."""

import io
import re
from datetime import date
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select, update

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import LessonState
from jetkiz.delivery.states import State
from jetkiz.lessons.tables import lesson
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import learn, read_homes, read_households
from jetkiz.roster.tables import enrolment, student, student_identity, teaching
from jetkiz.staff.audit import Act, check_chain
from jetkiz.staff.tables import audit
from jetkiz.storage.workplace import Workplace
from tests.console import Browser, add_subject_class
from tests.factories import WEEK, People
from tests.integration.test_web_first_screen import tell

STREET = "Abai"


def acts(place: Workplace, act: Act) -> list[tuple[str, int | None, str]]:
    c = audit.c
    with place.database.read() as connection:
        rows = connection.execute(select(c.who, c.student_id, c.detail).where(c.act == act)).all()
        assert check_chain(connection) is None
    return [tuple(row) for row in rows]


def states(place: Workplace, number: int) -> list[LessonState]:
    with place.database.read() as connection:
        return lesson_states(connection, WEEK, [number])


def household_of(connection: Any, number: int) -> int:
    return int(
        connection.scalars(select(student.c.household_id).where(student.c.id == number)).one()
    )


async def test_evidence_is_told_in_words(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    tell(web_workplace, web_people.alice, web_people.lessons[:1], State.FAILED)
    await visitor.sign_in("aigul")
    await visitor.open(f"/students/{web_people.alice}")
    assert visitor.path == f"/students/{web_people.alice}/{WEEK}"
    assert "1 piece of evidence" in visitor.text
    assert "the family blocked the bot" in visitor.text
    assert "26 Jan 08:00" in visitor.text
    assert "Homework due 29 January, not back yet." in visitor.text


async def test_a_look_at_the_home_is_written_down(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    await visitor.sign_in("tamara")
    await visitor.open(f"/students/{web_people.alice}/{WEEK}")
    assert STREET in visitor.text
    assert "never asked" in visitor.text
    assert "Correct it" not in visitor.text
    assert acts(web_workplace, Act.READ_HOME) == [
        ("tamara", web_people.alice, "address, phone, needs, access")
    ]


async def test_a_subject_teacher_sees_lessons_and_no_home(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    with web_workplace.database.write() as connection:
        room = add_subject_class(connection, web_people.school, "Reading")
        place = {"class_id": room, "student_id": web_people.alice, "active": True}
        connection.execute(enrolment.insert().values(place))
        bolat = connection.scalar(
            select(teaching.c.teacher_id).order_by(teaching.c.class_id.desc())
        )
        connection.execute(teaching.insert().values(class_id=room, teacher_id=bolat, active=True))
    await visitor.sign_in("bolat")
    await visitor.open(f"/students/{web_people.alice}/{WEEK}")
    assert "Test Alice" in visitor.text
    assert STREET not in visitor.text
    assert acts(web_workplace, Act.READ_HOME) == []
    await visitor.open(f"/students/{web_people.alice}/{WEEK}/why/{web_people.lessons[0]}")
    assert visitor.status == 404


@pytest.mark.parametrize("login", ["bolat", "outsider"])
@pytest.mark.parametrize("page", ["", "/by-hand", "/why/1"])
async def test_the_page_is_closed_to_others(
    visitor: Browser, web_workplace: Workplace, web_people: People, login: str, page: str
) -> None:
    await visitor.sign_in(login)
    await visitor.open(f"/students/{web_people.alice}/{WEEK}{page}")
    assert visitor.status == 404
    assert "Alice" not in visitor.text
    assert acts(web_workplace, Act.READ_HOME) == []


@pytest.mark.parametrize("login", ["bolat", "outsider", "tamara"])
@pytest.mark.parametrize("step", ["home", "by-hand", "arrival"])
async def test_nobody_changes_what_is_not_theirs(
    visitor: Browser, web_workplace: Workplace, web_people: People, login: str, step: str
) -> None:
    if (login, step) == ("tamara", "arrival"):
        return
    await visitor.sign_in(login)
    await visitor.send(f"/students/{web_people.alice}/{WEEK}/{step}", internet="4g", lesson="1")
    assert visitor.status == 404
    assert {one.state for one in states(web_workplace, web_people.alice)} == {State.PLANNED}


async def test_a_student_who_left_is_gone(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    with web_workplace.database.write() as connection:
        connection.execute(
            student.update().where(student.c.id == web_people.alice).values(active=False)
        )
    await visitor.sign_in("aigul")
    await visitor.open(f"/students/{web_people.alice}/{WEEK}")
    assert visitor.status == 404


async def test_the_coordinator_corrects_what_is_known(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    with web_workplace.database.write() as connection:
        home = household_of(connection, web_people.alice)
        day = date(2026, 1, 26)
        learn(connection, home, Fact(FactKind.INTERNET, "4g", Source.GUARDIAN, day))
        own = Fact(FactKind.PHONE, "own", Source.GUARDIAN, day)
        learn(connection, home, own, web_people.alice)
    await visitor.sign_in("aigul")
    await visitor.open(f"/students/{web_people.alice}/{WEEK}")
    await visitor.send(
        f"/students/{web_people.alice}/{WEEK}/home",
        internet="2g",
        phone="none",
        tv="balapan, el_arna",
        radio="",
        household_phone="8 701 000 00 01",
    )
    assert visitor.path.startswith(f"/students/{web_people.alice}/{WEEK}?saved=home")
    assert "no import overwrites it" in visitor.text
    with web_workplace.database.read() as connection:
        (found,) = read_homes(connection, [web_people.alice])
        household = read_households(connection, [home])[home]
    assert household.phone == "+77010000001"
    assert found.profile.value(FactKind.INTERNET) == "2g"
    assert found.profile.value(FactKind.PHONE) == "none"
    assert found.profile.listed(FactKind.TV) == {"balapan", "el_arna"}
    assert found.profile.fact(FactKind.RADIO) is None
    assert {fact.source for fact in found.profile.facts} == {Source.COORDINATOR}
    (told,) = acts(web_workplace, Act.EDIT_HOME)
    assert told == ("aigul", web_people.alice, "internet, phone, tv, household phone")


async def test_saving_without_a_change_changes_nothing(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    await visitor.sign_in("aigul")
    await visitor.send(f"/students/{web_people.alice}/{WEEK}/home", household_phone="")
    assert visitor.status == 200
    assert acts(web_workplace, Act.EDIT_HOME) == []


async def test_a_page_opened_long_ago_takes_nothing_back(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    """Two coordinators open the page; each saves another correction from what they saw."""
    await visitor.sign_in("aigul")
    address = f"/students/{web_people.alice}/{WEEK}"
    await visitor.open(address)
    opened = visitor.text
    await visitor.send(f"{address}/home", **all_fields(opened) | {"internet": "4g"})
    visitor.text = opened
    await visitor.send(f"{address}/home", **all_fields(opened) | {"post": "yes"})
    assert visitor.status == 200
    with web_workplace.database.read() as connection:
        (home,) = read_homes(connection, [web_people.alice])
    assert home.profile.value(FactKind.INTERNET) == "4g"
    assert home.profile.value(FactKind.POST) == "yes"
    assert [detail for _, _, detail in acts(web_workplace, Act.EDIT_HOME)] == ["internet", "post"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"internet": "4g"}, {"internet": "2g"}),
        ({"household_phone": "+77010000001"}, {"household_phone": "+77010000002"}),
    ],
)
async def test_two_corrections_of_the_same_are_not_both_kept(
    visitor: Browser,
    web_workplace: Workplace,
    web_people: People,
    first: dict[str, str],
    second: dict[str, str],
) -> None:
    await visitor.sign_in("aigul")
    address = f"/students/{web_people.alice}/{WEEK}"
    await visitor.open(address)
    opened = visitor.text
    await visitor.send(f"{address}/home", **all_fields(opened) | first)
    assert visitor.status == 200
    visitor.text = opened
    await visitor.send(f"{address}/home", **all_fields(opened) | first)
    assert visitor.status == 200
    visitor.text = opened
    await visitor.send(f"{address}/home", **all_fields(opened) | second | {"tv": "balapan"})
    assert visitor.status == 400
    assert "Somebody else has corrected" in visitor.text
    await visitor.open(address)
    assert not set(second.values()) & set(all_fields(visitor.text).values())
    assert "balapan" not in all_fields(visitor.text).values()
    await visitor.send(f"{address}/home", **all_fields(visitor.text) | second)
    assert visitor.status == 200
    assert len(acts(web_workplace, Act.EDIT_HOME)) == 2


def all_fields(page: str) -> dict[str, str]:
    """Return what a browser would send of the form of the home if nothing were typed."""
    form = re.search(r'action="[^"]*/home".*?</form>', page, re.DOTALL)
    assert form
    found: dict[str, str] = {}
    for each in re.findall(r"<input[^>]*>", form[0]):
        name, value = re.findall(r' (?:name|value)="([^"]*)"', each)
        if "checkbox" not in each:
            found[name] = value
        elif "checked" in each:
            found[name] = f"{found[name]},{value}".strip(",")
    for name, options in re.findall(
        r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form[0], re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    del found["csrf"]
    return found


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("internet", "fast"),
        ("household_phone", "12"),
        ("data_cap_mb", "many"),
        ("radio", "Хабар"),
        ("tv", "Хабар"),
        ("tv", "balapn"),
        ("tv", "none,balapan"),
    ],
)
async def test_a_mistake_leaves_the_form_as_it_was_typed(
    visitor: Browser, web_workplace: Workplace, web_people: People, field: str, value: str
) -> None:
    await visitor.sign_in("aigul")
    address = f"/students/{web_people.alice}/{WEEK}"
    await visitor.open(address)
    typed = all_fields(visitor.text) | {"electricity": "steady", "phone_sharers": "2"}
    await visitor.send(f"{address}/home", **typed | {field: value})
    assert visitor.status == 400
    assert "Nothing is saved yet" in visitor.text
    assert re.findall(r'id="wrong-(\w+)"', visitor.text) == [field]
    kept = all_fields(visitor.text)
    assert (kept["electricity"], kept["phone_sharers"]) == ("steady", "2")
    with web_workplace.database.read() as connection:
        (home,) = read_homes(connection, [web_people.alice])
    assert home.profile.facts == ()
    if field == "household_phone":
        assert kept[field] == value
    await visitor.send(f"{address}/home", **kept | {field: ""})
    assert "no import overwrites it" in visitor.text
    with web_workplace.database.read() as connection:
        (home,) = read_homes(connection, [web_people.alice])
    assert {fact.kind for fact in home.profile.facts} == {
        FactKind.ELECTRICITY,
        FactKind.PHONE_SHARERS,
    }


async def test_every_mistake_is_shown_at_once(visitor: Browser, web_people: People) -> None:
    await visitor.sign_in("aigul")
    address = f"/students/{web_people.alice}/{WEEK}"
    await visitor.open(address)
    wrong = {"household_phone": "123", "tv": "Хабар", "data_cap_mb": "-1"}
    await visitor.send(f"{address}/home", **all_fields(visitor.text) | wrong)
    assert set(re.findall(r'id="wrong-(\w+)"', visitor.text)) == set(wrong)
    assert visitor.text.count(" autofocus=") == 1


async def test_tv_is_a_choice_of_channels_by_name(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    """What an import wrote in another order, or of a channel unknown here, stays."""
    with web_workplace.database.write() as connection:
        home = household_of(connection, web_people.alice)
        old = Fact(FactKind.TV, "el_arna,balapn,balapan", Source.IMPORT, date(2026, 1, 1))
        learn(connection, home, old)
    await visitor.sign_in("aigul")
    address = f"/students/{web_people.alice}/{WEEK}"
    await visitor.open(address)
    assert "El Arna, balapn, Balapan" in visitor.text
    fields = all_fields(visitor.text)
    assert fields["tv"] == "balapan,el_arna,balapn"
    await visitor.send(f"{address}/home", **fields | {"post": "yes"})
    (told,) = acts(web_workplace, Act.EDIT_HOME)
    assert told[2] == "post"
    await visitor.send(f"{address}/home", **fields | {"tv": ""})
    assert "No box is ticked" in visitor.text
    await visitor.send(f"{address}/home", **fields | {"tv": "balapan"})
    assert visitor.status == 200
    with web_workplace.database.read() as connection:
        (found,) = read_homes(connection, [web_people.alice])
    assert found.profile.value(FactKind.TV) == "balapan"


async def test_a_broken_list_of_channels_leaves_the_page_whole(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    (web_workplace.settings.data / "channels.toml").write_text("broken", "utf-8")
    await visitor.sign_in("aigul")
    address = f"/students/{web_people.alice}/{WEEK}"
    await visitor.open(address)
    assert visitor.status == 200
    await visitor.send(f"{address}/home", **all_fields(visitor.text) | {"tv": "balapan"})
    await visitor.send(f"{address}/home", **all_fields(visitor.text) | {"tv": ""})
    with web_workplace.database.read() as connection:
        (found,) = read_homes(connection, [web_people.alice])
    assert found.profile.value(FactKind.TV) == "balapan"


async def test_siblings_are_named_and_linked(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    with web_workplace.database.write() as connection:
        home = household_of(connection, web_people.alice)
        connection.execute(
            student.update().where(student.c.id == web_people.bob).values(household_id=home)
        )
        connection.execute(
            student.update().where(student.c.id == web_people.alice).values(needs="large_print")
        )
        connection.execute(student_identity.update().values(patronymic="Testuly"))
    await visitor.sign_in("aigul")
    await visitor.open(f"/students/{web_people.alice}/{WEEK}")
    assert f'<a href="/students/{web_people.bob}/{WEEK}">Bob</a>' in visitor.text
    assert "large print" in visitor.text
    assert "Test Alice Testuly" in visitor.text
    await visitor.sign_out_and_in("tamara")
    await visitor.open(f"/students/{web_people.alice}/{WEEK}")
    assert f"/students/{web_people.bob}" not in visitor.text


async def test_a_lesson_is_taken_as_a_file_for_a_screen(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    address = f"/students/{web_people.alice}/{WEEK}/screen/{web_people.lessons[0]}"
    await visitor.sign_in("aigul")
    await visitor.open(f"/students/{web_people.alice}/{WEEK}")
    assert f'href="{address}"' in visitor.text
    answer = await visitor.client.get(address)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="w05-0.kk.pdf"'
    with pikepdf.open(io.BytesIO(await answer.read())) as document:
        assert document.Root.MarkInfo.Marked
    assert (await visitor.client.get(address.replace(WEEK, "2026-W06"))).status == 404
    with web_workplace.database.write() as connection:
        gone = update(lesson).where(lesson.c.id == web_people.lessons[0])
        connection.execute(gone.values(text="![A map](gone.png)"))
    await visitor.open(address)
    assert visitor.status == 400
    assert "shows the picture gone.png" in visitor.text
    await visitor.sign_out_and_in("outsider")
    assert (await visitor.client.get(address)).status == 404
