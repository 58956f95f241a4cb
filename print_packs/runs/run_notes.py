"""What a person is told of a print run: what is not in it and what to do, and what to know.

It is kept as message ids and facts and said in the language of whoever reads. No name is among the
facts: they are kept as long as the run, and they stand in files for a print shop.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jetkiz.errors import JetkizError
from jetkiz.fonts.letters import missing
from jetkiz.i18n import N_
from jetkiz.i18n.kept_words import Words
from jetkiz.lessons.model import Lesson
from print_packs.model import Pack
from print_packs.post.address_checks import FLAW_WORDS, Flaw
from print_packs.postage.in_force import UNVERIFIED
from print_packs.runs.parting import TooHeavy

NO_LONGER_IN: Final = N_("its lessons lie in no envelope of this run any more")


@dataclass(frozen=True, slots=True)
class RunNotes:
    """What is not in a run (lessons, packs that were held back), and what is only to know."""

    left_out: tuple[Words, ...] = ()
    held_back: tuple[Words, ...] = ()
    notices: tuple[Words, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return it as the run keeps it."""
        return {
            name: [one.document() for one in getattr(self, name)]
            for name in ("left_out", "held_back", "notices")
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "RunNotes":
        """Return what a run keeps."""
        return cls(**{name: tuple(map(Words.read, some)) for name, some in kept.items()})


def lesson_left_out(lesson: Lesson, error: JetkizError) -> Words:
    """Say that a lesson cannot be set, and why."""
    if "code" in error.facts:
        return Words.of(error)
    return Words("{code}: {why}", facts={"code": lesson.code, "why": (Words.of(error),)})


def too_heavy(one: TooHeavy) -> Words:
    """Say that no envelope takes a lesson."""
    return Words(
        N_(
            "Home {home}: the lesson {title} alone takes {sheets} sheets, more than one envelope "
            "may hold. It is left out; shorten it, or give it another way."
        ),
        facts={"home": one.pack.key, "title": one.lesson.title, "sheets": one.sheets},
    )


def of_the_post(packs: Sequence[Pack], without_s10: int, *, is_verified: bool) -> list[Words]:
    """Say that rolls of numbers ended, and that nobody compared the rules with the post."""
    found = []
    if without_s10:
        found.append(
            Words(
                N_(
                    "The roll of postal numbers has ended; packs without one: {n}. The counter "
                    "gives them theirs, or enter the next roll and make the packs again."
                ),
                facts={"n": without_s10},
            )
        )
    if any(one.by_post for one in packs) and not is_verified:
        found.append(Words(UNVERIFIED))
    return found


def strange_letters(packs: Iterable[Pack]) -> list[Words]:
    """Name each home of which a name or the address has letters that no font has."""
    found = {one.key: "".join(missing(" ".join(_personal(one)))) for one in packs}
    return [
        Words(
            N_(
                "Household {key}: a name or the address has letters that cannot be printed "
                "({characters}). Boxes stand for them; correct it and make the packs again."
            ),
            facts={"key": key, "characters": " ".join(letters)},
        )
        for key, letters in found.items()
        if letters
    ]


def _personal(pack: Pack) -> list[str]:
    return [pack.addressee.name, *pack.addressee.lines, *(one.name for one in pack.children)]


def by_hand_for_their_address(packs: Iterable[Pack]) -> list[Words]:
    """Name each home whose pack goes by hand because the post would refuse it."""
    return [
        Words(
            N_("Household {key}: its pack goes by hand, the post would refuse it ({why})."),
            facts={"key": one.key, "why": tuple(map(_flaw, one.why_by_hand))},
        )
        for one in packs
        if one.why_by_hand
    ]


def _flaw(flaw: str) -> Words:
    return Words(FLAW_WORDS[Flaw(flaw)], facts={"said": ""})
