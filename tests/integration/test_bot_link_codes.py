"""A code opens a link once printed, a few times, for a while, and never from the database."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from jetkiz.roster.link_codes import (
    USES,
    VALID_FOR,
    CodeRefusal,
    FoundCode,
    LinkRole,
    deep_link,
    find_code,
    is_link_code,
    is_typed_code,
    link_code,
    make_link_code,
    read_link_address,
    revoke_codes,
    set_link_address,
    typed_form,
    use_code,
)
from jetkiz.storage.database import Database
from tests.factories import NOW


def test_a_code_is_found_in_both_forms(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.GUARDIAN, NOW)
        for text in (code, f" {code} ", typed_form(code), typed_form(code).lower()):
            found = find_code(connection, text, NOW)
            assert isinstance(found, FoundCode)
            assert (found.student, found.role) == (7, LinkRole.GUARDIAN)


def test_the_database_does_not_hold_the_code(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW)
        row = connection.execute(select(link_code)).one()
    kept = " ".join(map(str, row))
    assert code not in kept
    assert typed_form(code) not in kept
    assert typed_form(code).replace("-", "") not in kept


@pytest.mark.parametrize("text", ["", "k1_", "k1_wrong", "ABCD-EFGH-J", "сәлем"])
def test_a_wrong_code_is_unknown(database: Database, text: str) -> None:
    with database.write() as connection:
        make_link_code(connection, 7, LinkRole.STUDENT, NOW)
        assert find_code(connection, text, NOW) == CodeRefusal.UNKNOWN


def test_a_code_is_used_up_after_a_few_phones(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW)
        for _ in range(USES):
            found = find_code(connection, code, NOW)
            assert isinstance(found, FoundCode)
            use_code(connection, found.id)
        assert find_code(connection, code, NOW) == CodeRefusal.USED_UP


def test_a_code_expires(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW)
        last = NOW + VALID_FOR - timedelta(seconds=1)
        assert isinstance(find_code(connection, code, last), FoundCode)
        assert find_code(connection, code, NOW + VALID_FOR) == CodeRefusal.EXPIRED


def test_the_school_cuts_codes_of_one_student_only(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW)
        other = make_link_code(connection, 8, LinkRole.STUDENT, NOW)
        assert revoke_codes(connection, 7, NOW) == 1
        assert find_code(connection, code, NOW) == CodeRefusal.REVOKED
        assert isinstance(find_code(connection, other, NOW), FoundCode)


def test_codes_come_from_the_given_randomness(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW, lambda n: b"\1" * n)
    assert code == "k1_AQEBAQEBAQEBAQEBAQEBAQ"
    assert len(code) <= 64


def test_the_printed_link_begins_with_the_bots_address(database: Database) -> None:
    with database.write() as connection:
        assert read_link_address(connection, "telegram") == ""
        set_link_address(connection, "telegram", "https://t.me/Old")
        set_link_address(connection, "telegram", "https://t.me/School")
        address = read_link_address(connection, "telegram")
    assert deep_link(address, "k1_x") == "https://t.me/School?start=k1_x"


CODES = st.binary(min_size=4, max_size=8).map(lambda b: typed_form(b.hex()))


@given(CODES, st.data())
def test_a_mistyped_letter_is_noticed(code: str, data: st.DataObject) -> None:
    bare = code.replace("-", "")
    place = data.draw(st.integers(0, 7))
    other = data.draw(st.sampled_from("123456789ABCDEFGHJKMNPQRSTVWXY"))
    typed = bare[:place] + other + bare[place + 1 :]
    zero_and_z = {bare[place], other} == {"0", "Z"}
    assert is_typed_code(bare)
    assert is_typed_code(typed) == (other == bare[place]) or zero_and_z


def test_a_cyrillic_keyboard_writes_the_same_code(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW)
        cyrillic = typed_form(code).translate(str.maketrans("ABCEHKMPTX0", "АВСЕНКМРТХО"))
        assert isinstance(find_code(connection, cyrillic, NOW), FoundCode)


def test_a_phone_makes_long_dashes_and_blanks(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW)
        typed = typed_form(code)
        for text in (typed.replace("-", "–"), typed.replace("-", " — "), f"\u00a0{typed}\n"):
            assert is_link_code(text)
            assert isinstance(find_code(connection, text, NOW), FoundCode), text
        assert is_link_code(f"  {code}")


ACTS = st.lists(st.sampled_from(["use", "wait", "revoke", "make", "ask"]), max_size=12)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(ACTS)
def test_a_code_holds_until_its_first_end_in_any_order_of_acts(
    sqlite_database: Database, acts: list[str]
) -> None:
    """Used up, expired or cut: whichever came, it stays shut; a new code opens again."""
    now, uses, revoked = NOW, USES, False
    with sqlite_database.write() as connection:
        revoke_codes(connection, 7, now)
        made, code = now, make_link_code(connection, 7, LinkRole.STUDENT, now)
        for act in acts:
            if act == "wait":
                now += VALID_FOR / 3
            elif act == "revoke":
                held = not revoked
                assert revoke_codes(connection, 7, now) == int(held)
                revoked = True
            elif act == "make":
                revoke_codes(connection, 7, now)
                made, uses, revoked = now, USES, False
                code = make_link_code(connection, 7, LinkRole.STUDENT, now)
            found = find_code(connection, code, now)
            holds = not revoked and now < made + VALID_FOR and uses > 0
            assert isinstance(found, FoundCode) == holds
            if act == "use" and isinstance(found, FoundCode):
                use_code(connection, found.id)
                uses -= 1


def test_codes_of_both_roles_are_apart(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        codes = {role: make_link_code(connection, 7, role, NOW) for role in LinkRole}
        for role, code in codes.items():
            found = find_code(connection, code, NOW)
            assert isinstance(found, FoundCode)
            assert found.role == role
        assert len({typed_form(code) for code in codes.values()}) == 2


@pytest.mark.parametrize("text", ["сегодня", "today", "", "12345678"])
def test_ordinary_words_are_no_codes(text: str) -> None:
    assert not is_link_code(text)
