"""What a cell may say: each kind of value with its rule and its remedy."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jetkiz.i18n import LANGUAGES, N_
from jetkiz.roster.access_profile import UNKNOWN, FactKind, Source
from jetkiz.roster.model import DeliveryMode, Need
from jetkiz.roster.regions import REGIONS
from jetkiz.roster.settlements import OFFERED, settlement_kind

HIGHEST_GRADE = 12
_TRUE: Final = frozenset({"true", "yes", "1", "active", "истина", "да", "ақиқат", "иә"})
_FALSE: Final = frozenset({"false", "no", "0", "inactive", "ложь", "нет", "жалған", "жоқ"})
_MONTH: Final = (
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    r"|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)\w*\.?"
)
# What a spreadsheet makes of class 8-1 or house 12/1: 2026-01-08, 08.01.2026, 8-Jan, янв.08.
_TURNED: Final = re.compile(
    rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}\.\d\d\.\d{{2,4}}"
    rf"|\d{{1,2}}[-. ]{_MONTH}([-. ]\d{{2,4}})?|{_MONTH}[-. ]?\d{{1,4}}",
    re.IGNORECASE,
)
# 0 is the preparatory year; the words are those of OneRoster's vocabulary (CEDS).
_BEFORE_SCHOOL: Final = frozenset({"KG", "PK", "PR", "TK", "IT", "K"})
_DAY_FORMATS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y")

_YES_NO: Final = frozenset({"yes", "no"})
_ONE_OF: Final[dict[FactKind, frozenset[str]]] = {
    FactKind.INTERNET: frozenset({"none", "2g", "3g", "4g"}),
    FactKind.PHONE: frozenset({"own", "shared", "none"}),
    FactKind.COMPUTER: frozenset({"own", "lent", "none"}),
    FactKind.TELEGRAM: frozenset({"linked", "never", "blocked"}),
    FactKind.POST: _YES_NO,
    FactKind.PICK_UP: _YES_NO,
    FactKind.ADULT_HOME: _YES_NO,
    FactKind.ELECTRICITY: frozenset({"steady", "cuts"}),
}
# Letter, two digits, then letter and digit twice: as in every record that could be seen.
_INDEX7: Final = re.compile(r"[A-Z]\d{2}[A-Z]\d[A-Z]\d", re.ASCII)
_COUNTS: Final = frozenset({FactKind.DATA_CAP_MB, FactKind.PHONE_SHARERS})


class CellError(ValueError):
    """A value that is none; the words say what it should be."""

    def __init__(self, sentence: str, remedy: str, **facts: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy
        self.facts = facts


@lru_cache(maxsize=256)
def grade(text: str) -> int:
    """Return a grade from 0 to 12."""
    if text.upper() in _BEFORE_SCHOOL:
        return 0
    if re.fullmatch(r"\d{1,2}", text, re.ASCII) and int(text) <= HIGHEST_GRADE:
        return int(text)
    raise CellError(
        N_("This is no grade of a school."),
        N_("Write a number from 0 (preparatory) to {highest}."),
        highest=str(HIGHEST_GRADE),
    )


@lru_cache(maxsize=256)
def language(text: str) -> str:
    """Return kk, ru or en."""
    code = text.casefold()
    if code in LANGUAGES:
        return code
    raise CellError(N_("This is no language."), N_("Write kk, ru or en."))


def truth(text: str) -> bool:
    """Return what TRUE, true, yes or 1 mean, and their opposites, also as Excel writes them."""
    word = text.casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise CellError(N_("This is neither true nor false."), N_("Write true or false."))


@lru_cache(maxsize=2048)
def day(text: str) -> date:
    """Return a date; ISO first, then the ways Excel writes it."""
    for pattern in _DAY_FORMATS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise CellError(N_("This is no date."), N_("Write year-month-day, as in 2026-01-26."))


def past_day(text: str, today: date) -> date:
    """Return a date that has come: the newest answer wins, so one of the future would for ever."""
    found = day(text)
    if found > today:
        raise CellError(
            N_("This day has not come yet."),
            N_("Correct year, month or day; today is {today}."),
            today=today.isoformat(),
        )
    return found


def no_day(text: str) -> str:
    """Return the name of a class or the number of a house as it is, if it is still one."""
    if _TURNED.fullmatch(text):
        raise CellError(
            N_("A spreadsheet has made a date of this."),
            N_("Format the column as text and type it again, as in 8-1 or 12/1."),
        )
    return text


def needs(text: str) -> str:
    """Return needs as they are kept: a comma list in the order of the alphabet."""
    words = {word.strip().casefold() for word in re.split("[,;]", text)} - {""}
    unknown = words - set(Need)
    if unknown:
        raise CellError(
            N_("There is no need with this name."),
            N_("Write one or more of: {known}, with commas."),
            known=", ".join(Need),
        )
    return ",".join(sorted(words))


def delivery_mode(text: str) -> str:
    """Return post, hand or pick_up."""
    return _word(text, frozenset(DeliveryMode))


@lru_cache(maxsize=256)
def phone(text: str) -> str:
    """Return a number with plus sign; 8 and ten digits are numbers of Kazakhstan."""
    digits = re.sub(r"[\s()\-.\u2010-\u2015]", "", text)
    if re.fullmatch(r"[78]7\d{9}", digits, re.ASCII):
        return "+7" + digits[1:]
    if re.fullmatch(r"7\d{9}", digits, re.ASCII):
        return "+7" + digits
    if re.fullmatch(r"\+\d{8,15}", digits, re.ASCII):
        return digits
    raise CellError(
        N_("This is no telephone number."),
        N_("Write it with country code, as in +7 701 123 45 67; only one number in a cell."),
    )


@lru_cache(maxsize=256)
def index6(text: str) -> str:
    """Return the six digits of a postal index."""
    if re.fullmatch(r"\d{6}", text, re.ASCII):
        return text
    raise CellError(
        N_("This is no postal index of six digits."),
        N_("Write six digits, as in 110000."),
    )


def index7(text: str) -> str:
    """Return a building index, typed with or without spaces, as in A10X5H4."""
    bare = re.sub(r"[\s-]", "", text).upper()
    if _INDEX7.fullmatch(bare):
        return bare
    raise CellError(
        N_("This is no building index of seven signs."),
        N_("Write it in Latin letters, as in P19E5X4, or leave the cell empty."),
    )


def rka(text: str) -> str:
    """Return the code of a building in the address register: sixteen digits."""
    bare = re.sub(r"\s", "", text)
    if re.fullmatch(r"\d{16}", bare, re.ASCII):
        return bare
    raise CellError(
        N_("This is no code of the address register."),
        N_("Write its sixteen digits, or leave the cell empty."),
    )


def country(text: str) -> str:
    """Return the two letters of a country."""
    if re.fullmatch(r"[A-Z]{2}", text.upper(), re.ASCII):
        return text.upper()
    raise CellError(
        N_("This is no country."),
        N_("Write two Latin letters, as in KZ, or leave the cell empty."),
    )


def settlement(text: str) -> str:
    """Return the kind of a settlement."""
    kind = settlement_kind(text)
    if kind:
        return kind.value
    raise CellError(
        N_("This is no kind of settlement."),
        N_("Write one of: {known}."),
        known=", ".join(OFFERED),
    )


def region(text: str) -> str:
    """Return the KATO code of a region."""
    return _word(text, frozenset(REGIONS))


def whole(text: str) -> int:
    """Return a whole number from 0."""
    if re.fullmatch(r"\d{1,9}", text, re.ASCII):
        return int(text)
    raise CellError(N_("This is no whole number."), N_("Write digits only."))


def kilometres(text: str) -> float:
    """Return a distance; a decimal comma is fine."""
    if re.fullmatch(r"\d{1,4}([.,]\d{1,3})?", text, re.ASCII):
        return float(text.replace(",", "."))
    raise CellError(N_("This is no number of kilometres."), N_("Write it as in 2.5."))


@lru_cache(maxsize=256)
def confidence(text: str) -> float:
    """Return how sure a fact is, from 0 to 1."""
    if re.fullmatch(r"0|1|0?[.,]\d{1,4}|1[.,]0{1,4}|0[.,]\d{1,4}", text, re.ASCII):
        return float(text.replace(",", "."))
    raise CellError(N_("This is no number from 0 to 1."), N_("Write 1 for sure, 0.5 for perhaps."))


@lru_cache(maxsize=256)
def fact_kind(text: str) -> FactKind:
    """Return which fact it is."""
    return FactKind(_word(text, frozenset(FactKind)))


@lru_cache(maxsize=256)
def source(text: str) -> Source:
    """Return who said a fact."""
    return Source[_word(text, frozenset(s.name.lower() for s in Source)).upper()]


@lru_cache(maxsize=4096)
def fact_value(kind: FactKind, text: str) -> str:
    """Return the value of a fact, checked by its kind; unknown is always one."""
    value = text.casefold()
    if value in {UNKNOWN, "?"}:
        return UNKNOWN
    if kind in _ONE_OF:
        return _word(text, _ONE_OF[kind] | {UNKNOWN})
    if kind in _COUNTS:
        return str(whole(text))
    keys = [key.strip() for key in re.split("[,;]", value) if key.strip()]
    if keys and all(re.fullmatch(r"[a-z0-9_]{1,40}", key) for key in keys):
        return ",".join(keys)
    raise CellError(
        N_("This is no list of keys."),
        N_("Write keys in Latin letters with commas, as in balapan,el_arna; or none, or unknown."),
    )


def _word(text: str, known: frozenset[str]) -> str:
    word = text.casefold()
    if word in known:
        return word
    raise CellError(
        N_("This is not one of the words that are known here."),
        N_("Write one of: {known}."),
        known=", ".join(sorted(known)),
    )


def zone(text: str) -> str:
    """Return a time zone that this machine knows."""
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise CellError(N_("This is no time zone."), N_("Write it as in Asia/Qostanay.")) from error
