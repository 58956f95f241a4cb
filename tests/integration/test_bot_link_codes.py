"""A code opens a link once printed, a few times, for a while, and never from the database."""

import hashlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from jetkiz.roster.code_terms import USES, VALID_FOR
from jetkiz.roster.link_codes import (
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
from jetkiz.storage.sealing import Keys
from tests.factories import NOW

HASHED = Keys(b"n" * 32, (b"s" * 32,)).hash_of_code


def test_a_code_is_found_in_both_forms(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.GUARDIAN, NOW, HASHED)
        for text in (code, f" {code} ", typed_form(code), typed_form(code).lower()):
            found = find_code(connection, text, NOW, HASHED)
            assert isinstance(found, FoundCode)
            assert (found.student, found.role) == (7, LinkRole.GUARDIAN)


def test_the_database_does_not_hold_the_code(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW, HASHED)
        row = connection.execute(select(link_code)).one()
    kept = " ".join(map(str, row))
    assert code not in kept
    assert typed_form(code) not in kept
    assert typed_form(code).replace("-", "") not in kept


@pytest.mark.parametrize("text", ["", "k1_", "k1_wrong", "ABCD-EFGH-J", "сәлем"])
def test_a_wrong_code_is_unknown(database: Database, text: str) -> None:
    with database.write() as connection:
        make_link_code(connection, 7, LinkRole.STUDENT, NOW, HASHED)
        assert find_code(connection, text, NOW, HASHED) == CodeRefusal.UNKNOWN


def test_a_code_is_used_up_after_a_few_phones(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW, HASHED)
        for _ in range(USES):
            found = find_code(connection, code, NOW, HASHED)
            assert isinstance(found, FoundCode)
            use_code(connection, found.id)
        assert find_code(connection, code, NOW, HASHED) == CodeRefusal.USED_UP


def test_a_code_expires(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW, HASHED)
        last = NOW + VALID_FOR - timedelta(seconds=1)
        assert isinstance(find_code(connection, code, last, HASHED), FoundCode)
        assert find_code(connection, code, NOW + VALID_FOR, HASHED) == CodeRefusal.EXPIRED


def test_the_school_cuts_codes_of_one_student_only(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW, HASHED)
        other = make_link_code(connection, 8, LinkRole.STUDENT, NOW, HASHED)
        assert revoke_codes(connection, 7, NOW) == 1
        assert find_code(connection, code, NOW, HASHED) == CodeRefusal.REVOKED
        assert isinstance(find_code(connection, other, NOW, HASHED), FoundCode)


def test_codes_come_from_the_given_randomness(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW, HASHED, lambda n: b"\1" * n)
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
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW, HASHED)
        cyrillic = typed_form(code).translate(str.maketrans("ABCEHKMPTX0", "АВСЕНКМРТХО"))
        assert isinstance(find_code(connection, cyrillic, NOW, HASHED), FoundCode)


def test_a_phone_makes_long_dashes_and_blanks(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW, HASHED)
        typed = typed_form(code)
        for text in (typed.replace("-", "–"), typed.replace("-", " — "), f"\u00a0{typed}\n"):
            assert is_link_code(text)
            assert isinstance(find_code(connection, text, NOW, HASHED), FoundCode), text
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
        made, code = now, make_link_code(connection, 7, LinkRole.STUDENT, now, HASHED)
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
                code = make_link_code(connection, 7, LinkRole.STUDENT, now, HASHED)
            found = find_code(connection, code, now, HASHED)
            holds = not revoked and now < made + VALID_FOR and uses > 0
            assert isinstance(found, FoundCode) == holds
            if act == "use" and isinstance(found, FoundCode):
                use_code(connection, found.id)
                uses -= 1


def test_codes_of_both_roles_are_apart(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        codes = {role: make_link_code(connection, 7, role, NOW, HASHED) for role in LinkRole}
        for role, code in codes.items():
            found = find_code(connection, code, NOW, HASHED)
            assert isinstance(found, FoundCode)
            assert found.role == role
        assert len({typed_form(code) for code in codes.values()}) == 2


@pytest.mark.parametrize("text", ["сегодня", "today", "", "12345678"])
def test_ordinary_words_are_no_codes(text: str) -> None:
    assert not is_link_code(text)


def test_whoever_reads_the_database_cannot_try_codes_without_the_key(database: Database) -> None:
    """Forty bits are soon tried; what is kept must take a key that is not in the database."""
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.GUARDIAN, NOW, HASHED)
        kept = set(connection.execute(select(link_code.c.code_hash, link_code.c.typed_hash)).one())
        forms = (code, typed_form(code), typed_form(code).replace("-", ""))
        assert not {hashlib.sha256(form.encode()).hexdigest() for form in forms} & kept
        other = Keys(b"m" * 32, (b"s" * 32,)).hash_of_code
        for form in forms[:2]:
            assert find_code(connection, form, NOW, other) == CodeRefusal.UNKNOWN


@pytest.mark.parametrize("form", ["long", "typed"])
def test_paper_that_was_printed_before_hashes_took_a_key_still_opens(
    database: Database, form: str
) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.GUARDIAN, NOW, HASHED)
        bare = typed_form(code).replace("-", "")
        old = {"code_hash": code, "typed_hash": bare}
        hashes = {name: hashlib.sha256(one.encode()).hexdigest() for name, one in old.items()}
        connection.execute(update(link_code).values(hashes))
        sent = code if form == "long" else typed_form(code)
        assert isinstance(find_code(connection, sent, NOW, HASHED), FoundCode)
        assert find_code(connection, sent, NOW + VALID_FOR, HASHED) == CodeRefusal.EXPIRED


def test_the_key_of_codes_is_no_key_of_files() -> None:
    keys = Keys(b"n" * 32, (b"s" * 32,))
    assert keys.hash_of_code("abc") != keys.name(b"abc")
    assert keys.with_new().hash_of_code("abc") == keys.hash_of_code("abc"), "paper outlives a key"


def test_no_more_phones_use_a_code_than_it_allows(database: Database) -> None:
    with database.write() as connection:
        code = make_link_code(connection, 7, LinkRole.STUDENT, NOW, HASHED)
        found = find_code(connection, code, NOW, HASHED)
        assert isinstance(found, FoundCode)
        assert [use_code(connection, found.id) for _ in range(USES + 1)] == [True] * USES + [False]
        assert connection.scalar(select(link_code.c.uses_left)) == 0
