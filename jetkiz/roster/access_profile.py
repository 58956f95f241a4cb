"""What a home can receive: dated facts with source and confidence, where unknown is a value."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from functools import lru_cache

UNKNOWN = "unknown"


class FactKind(StrEnum):
    """What can be known of a home; each says what it decides."""

    INTERNET = "internet"  # none, 2g, 3g, 4g: text, pictures or video
    DATA_CAP_MB = "data_cap_mb"  # megabytes a week the home can pay for
    PHONE = "phone"  # own, shared, none: a smartphone the student can use
    PHONE_SHARERS = "phone_sharers"  # how many students use that phone
    COMPUTER = "computer"  # own, lent, none
    TELEGRAM = "telegram"  # linked, never, blocked
    TV = "tv"  # channel keys received, or none
    RADIO = "radio"  # station keys received, or none
    POST = "post"  # yes, no: letters reach the home
    PICK_UP = "pick_up"  # yes, no: somebody can fetch paper at school
    ADULT_HOME = "adult_home"  # yes, no: an adult can help during the day
    ELECTRICITY = "electricity"  # steady, cuts
    PREFERENCE = "preference"  # a channel the home asked for


class Source(IntEnum):
    """Who said it; the higher one wins on the same day."""

    IMPORT = 1  # came with a file of another system
    SURVEY = 2  # a form filled in at home
    GUARDIAN = 3  # said by the guardian
    TEACHER = 4  # said by the teacher
    BOT = 5  # seen by the bot: linked, blocked
    COORDINATOR = 6  # corrected by the coordinator


@dataclass(frozen=True, slots=True)
class Fact:
    """One answer: ``value`` is ``unknown`` when it was asked and nobody knew."""

    kind: FactKind
    value: str
    source: Source
    asked_on: date
    confidence: float = 1.0

    @property
    def strength(self) -> tuple[date, Source]:
        """The newest answer wins; on one day the better source does."""
        return (self.asked_on, self.source)


def fact_key(home: int | str, student: int | str | None, fact: Fact, moment: str = "") -> str:
    """Return what makes two reports the same fact; ``moment`` tells those of one day apart."""
    when = moment or fact.asked_on.isoformat()
    return f"{home}:{student or ''}:{fact.kind}:{int(fact.source)}:{when}:{fact.value}"


@dataclass(frozen=True, slots=True)
class AccessProfile:
    """The strongest fact of each kind; a kind that was never asked is absent."""

    facts: tuple[Fact, ...] = ()
    # A planner asks thousands of homes the same questions: looking costs what a dict costs.
    _by_kind: dict[FactKind, Fact] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_kind = {fact.kind: fact for fact in reversed(self.facts)}
        object.__setattr__(self, "_by_kind", by_kind)

    def fact(self, kind: FactKind) -> Fact | None:
        """Return the fact in force, or None when it was never asked."""
        return self._by_kind.get(kind)

    def value(self, kind: FactKind) -> str:
        """Return the value in force; never asked and asked in vain are both ``unknown``."""
        fact = self.fact(kind)
        return fact.value if fact else UNKNOWN

    def listed(self, kind: FactKind) -> frozenset[str]:
        """Return a value that is a comma list, without ``none`` and ``unknown``."""
        return _listed(self.value(kind))

    @property
    def is_unknown(self) -> bool:
        """True when nothing at all is known of this home."""
        return all(fact.value == UNKNOWN for fact in self.facts)


@lru_cache(maxsize=256)
def _listed(value: str) -> frozenset[str]:
    parts = {part.strip() for part in value.split(",")}
    return frozenset(parts - {"", "none", UNKNOWN})


def strongest(home: Iterable[Fact], student: Iterable[Fact] = ()) -> AccessProfile:
    """Join the facts of a household and of one student; the student's own win over the home's."""
    best: dict[FactKind, Fact] = {}
    for group in (home, student):
        chosen: dict[FactKind, Fact] = {}
        for fact in group:
            rival = chosen.get(fact.kind)
            if rival is None or fact.strength >= rival.strength:
                chosen[fact.kind] = fact
        best |= chosen
    return AccessProfile(tuple(best[kind] for kind in FactKind if kind in best))
