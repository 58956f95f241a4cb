"""A password opens its own hash and no other, and hashes of earlier releases still open."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.web.passwords import hashed, opens

# Made by argon2-cffi 25.1, with which earlier releases kept passwords.
EARLIER = {
    "qaz-2345-шыны": "$argon2id$v=19$m=65536,t=3,p=4$4hcv2EzaV1WIPxuMPhNvKg"
    "$ibbRXBaHu1jQDPBisoPcRj+jg7b7WkdeFbKfKTL6ebA",
    "ә": "$argon2id$v=19$m=65536,t=3,p=4$86a4Ynuyuya3X+sUyvojMw"
    "$hPFy11MuR+z9xiYZIvUyKICiEMhNfwSoahfIQqMGy1U",
}


@pytest.mark.parametrize("password", EARLIER)
def test_a_hash_of_an_earlier_release_opens(password: str) -> None:
    kept = EARLIER[password]
    assert opens(kept, password)
    assert not opens(kept, password + " ")
    assert not opens(kept.replace("t=3", "t=2"), password)


def test_a_new_hash_costs_what_the_earlier_ones_did() -> None:
    kept = hashed("correct horse")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert opens(kept, "correct horse")


@settings(max_examples=25)
@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_a_password_opens_its_own_hash_only(password: str, other: str) -> None:
    kept = hashed(password, passes=1, memory=64)
    assert opens(kept, password)
    assert opens(kept, other) is (other == password)
    assert hashed(password, passes=1, memory=64) != kept


def test_nothing_opens_where_nothing_is_kept() -> None:
    assert not opens(None, "")
    assert not opens(None, "correct horse")


@pytest.mark.parametrize(
    "kept",
    ["", "plain", "$argon2id$broken", "$argon2id$v=19$m=65536,t=3,p=4$!!$!!", "$2b$12$abc"],
)
def test_what_is_no_hash_opens_for_nobody(kept: str) -> None:
    assert not opens(kept, "correct horse")
    assert not opens(kept, kept)


def test_many_who_sign_in_at_once_do_not_wait_for_ever() -> None:
    """Without turns OpenSSL's threads wait for each other: in a child, for they never end."""
    script = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from jetkiz.web.passwords import hashed, opens\n"
        "kept = hashed('a', memory=256)\n"
        "both = lambda n: (hashed('b', memory=256), opens(kept, 'a' if n % 2 else 'b'))[1]\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    assert sum(pool.map(both, range(24))) == 12\n"
    )
    child = subprocess.run([sys.executable, "-c", script], check=False, timeout=120)
    assert child.returncode == 0
