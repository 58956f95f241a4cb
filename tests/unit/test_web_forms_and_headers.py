"""Which forms are ours, where a sign-in may lead, which language a page has, what headers say."""

import re
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.web.csrf import form_token, is_ours
from jetkiz.web.languages import LANGUAGE_NAMES, accepted_language, page_language
from jetkiz.web.login import local_target
from jetkiz.web.security_headers import headers_for

HOST = "console.school.kz"


def test_our_own_form_is_taken() -> None:
    token = form_token("cookie")
    assert is_ours("cookie", token, origin=None, host=HOST)
    assert is_ours("cookie", token, origin=f"https://{HOST}", host=HOST)


@pytest.mark.parametrize(
    ("cookie", "token", "origin"),
    [
        ("", form_token(""), None),
        ("cookie", "", None),
        ("cookie", form_token("other"), None),
        ("cookie", "жоқ", None),
        ("cookie", form_token("cookie"), "https://evil.example"),
        ("cookie", form_token("cookie"), "null"),
        ("cookie", form_token("cookie"), f"https://{HOST}.evil.example"),
    ],
)
def test_every_other_form_is_refused(cookie: str, token: str, origin: str | None) -> None:
    assert not is_ours(cookie, token, origin=origin, host=HOST)


@given(st.text(min_size=1), st.text())
def test_no_guess_is_a_token(cookie: str, guess: str) -> None:
    assert is_ours(cookie, guess, origin=None, host=HOST) == (guess == form_token(cookie))


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/classes?x=1", "/classes?x=1"),
        ("/", "/"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
    ],
)
def test_a_sign_in_leads_to_our_own_pages_only(wanted: str, target: str) -> None:
    assert local_target(wanted) == target


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("kk-KZ,kk;q=0.9,ru;q=0.8", "kk"),
        ("de, ru;q=0.4, en;q=0.6", "en"),
        ("ru;q=0.5,kk;q=0.5", "ru"),
        ("de", None),
        ("", None),
        ("kk;q=0", None),
        ("ru;q=much, en", "en"),
    ],
)
def test_the_browsers_favourite_language(header: str, language: str | None) -> None:
    assert accepted_language(header) == language


def test_the_account_beats_the_choice_beats_the_browser_beats_the_setting() -> None:
    order = {"account": "kk", "chosen": "ru", "accepted": "en", "default": "ru"}
    assert page_language(**order) == "kk"
    assert page_language(**order | {"account": None}) == "ru"
    assert page_language(**order | {"account": None, "chosen": "xx"}) == "en"
    assert page_language(**order | {"account": None, "chosen": None, "accepted": "de"}) == "ru"


def test_kazakh_comes_first() -> None:
    assert next(iter(LANGUAGE_NAMES)) == "kk"


def test_nothing_inside_a_page_may_run() -> None:
    policy = headers_for(secure=False)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "Strict-Transport-Security" not in headers_for(secure=False)
    assert "Strict-Transport-Security" in headers_for(secure=True)


@given(st.text(max_size=40) | st.text(alphabet="/\\.:@?#\t evilhttps", max_size=14))
def test_no_text_leads_a_browser_to_another_site(text: str) -> None:
    """As a browser reads an address: backslashes are slashes, blanks and tabs are left out."""
    target = local_target(text)
    read = re.sub(r"[\t\r\n]", "", target.replace("\\", "/")).strip()
    assert urljoin("https://console.school.kz/sign-in", read).startswith(
        "https://console.school.kz/"
    )
    assert target.isprintable()


@given(st.text(max_size=60) | st.text(alphabet="kruen;q=01.,- *", max_size=30))
def test_any_header_names_a_language_of_ours_or_none(header: str) -> None:
    assert accepted_language(header) in {*LANGUAGE_NAMES, None}


@given(
    *(st.none() | st.sampled_from(["kk", "ru", "en", "de", "", "KK"]) for _ in range(2)), st.text()
)
def test_a_page_always_has_one_of_our_languages(
    account: str | None, chosen: str | None, accepted: str
) -> None:
    found = page_language(account=account, chosen=chosen, accepted=accepted, default="kk")
    assert found in LANGUAGE_NAMES
    assert account not in LANGUAGE_NAMES or found == account


@given(st.text(min_size=1, max_size=50), st.text(min_size=1, max_size=50))
def test_two_browsers_never_share_a_token(one: str, other: str) -> None:
    assert (form_token(one) == form_token(other)) == (one == other)
    assert one not in form_token(one) or len(one) < 5
