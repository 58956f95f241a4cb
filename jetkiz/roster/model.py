"""What a student, a household, a guardian, a teacher and a class are."""

from dataclasses import dataclass, field
from enum import StrEnum

from jetkiz.roster.access_profile import AccessProfile


class Need(StrEnum):
    """What a student needs so that a lesson can be used at all."""

    LARGE_PRINT = "large_print"  # letters of 18 points or more
    BRAILLE = "braille"  # raised dots
    AUDIO = "audio"  # the lesson read aloud
    SIGN_LANGUAGE = "sign_language"  # speech cannot be followed by ear: it is signed, or read


class DeliveryMode(StrEnum):
    """How paper reaches a household."""

    POST = "post"  # by Kazpost, with an address
    HAND = "hand"  # a person of the school brings it, against a signature
    PICK_UP = "pick_up"  # somebody of the home fetches it, against a signature


@dataclass(frozen=True, slots=True)
class Student:
    """A learner without a name: names are kept apart and joined only where a person reads them."""

    id: int
    school: int
    household: int
    class_title: str
    grade: int
    language: str
    needs: frozenset[Need] = frozenset()


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name as the roster spells it."""

    family: str
    given: str
    patronymic: str = ""

    @property
    def full(self) -> str:
        """Family name, given name, patronymic: the order of an envelope."""
        return " ".join(part for part in (self.family, self.given, self.patronymic) if part)

    @property
    def short(self) -> str:
        """Family and given name, as in a class list."""
        return f"{self.family} {self.given}".strip()


@dataclass(frozen=True, slots=True)
class Address:
    """Where post goes; every part as text, so that no zero is lost."""

    street: str = ""
    house: str = ""
    flat: str = ""
    settlement_type: str = ""
    settlement: str = ""
    rural_okrug: str = ""
    district: str = ""
    region_kato: str = ""
    index6: str = ""
    index7: str = ""
    care_of: str = ""
    delivery_index: str = ""
    rka: str = ""
    country: str = ""

    @property
    def office(self) -> str:
        """The index of the office that brings the post: by it envelopes are put in order."""
        return self.delivery_index or self.index6

    @property
    def is_abroad(self) -> bool:
        """True where the country has to be named."""
        return self.country not in {"", "KZ"}


@dataclass(frozen=True, slots=True)
class Household:
    """People at one address who share post, television and perhaps a phone.

    ``addressee`` is the first guardian; where there is none, ``child`` is the first student.
    """

    id: int
    school: int
    key: str
    language: str
    address: Address = field(default_factory=Address)
    delivery_mode: DeliveryMode = DeliveryMode.POST
    delivery_order: int = 0
    addressee: str = ""
    phone: str = ""
    child: str = ""


@dataclass(frozen=True, slots=True)
class PostalWay:
    """Between which post offices a home's paper travels: the school's roster id and two indexes.

    An index is as long as the roster has it, and empty where nobody gave one. The days are those
    within which four of five packs of ours arrived, and answers came back; None while too few did.
    """

    school: str = ""
    sender: str = ""
    home: str = ""
    out_days: int | None = None
    back_days: int | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """One student and what can reach them: all that a channel may look at when it decides."""

    student: Student
    profile: AccessProfile
    delivery_mode: DeliveryMode = DeliveryMode.POST
    postal: PostalWay = PostalWay()
    region: str = ""
    """The first two digits of KATO of the school; empty where the roster has none."""


@dataclass(frozen=True, slots=True)
class School:
    """A school as the roster names it."""

    id: int
    sourced_id: str
    name: str
    zone: str
    region_kato: str = ""
