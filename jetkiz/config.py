"""Every setting of Jetkiz: its name, its default, and where its value came from."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import LANGUAGES, N_

FILE_NAME = "jetkiz.toml"
PREFIX = "JETKIZ_"
LATE_WORK: Final = ("accept", "flag", "closed")
ENVELOPES: Final = ("DL", "C5", "C4", "C4-kraft")
REGISTERED: Final = ("personal", "always", "never")
LAYOUTS: Final = ("single", "2up", "booklet")
_LOOK_ALIKE: Final = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; a file's values yield to the environment's, those to an option's."""

    data: Path = Path("jetkiz-data")
    """Folder for the database, homework, packs and exports."""
    database_url: str = ""
    """SQLAlchemy address; empty means the file ``jetkiz.sqlite3`` in the data folder."""
    key_file: str = ""
    """File that opens what homes sent; empty means the data folder's name with .key, beside it."""
    backup_folder: str = ""
    """Folder on another disk to which every night also copies database, stored files and keys."""
    language: str = "en"
    """Language of the command and of pages before sign-in: kk, ru or en (paper: the homes)."""
    zone: str = "Asia/Almaty"
    """IANA time zone of the school."""
    worker: str = "school"
    """Name of this worker; two live processes never share one."""
    telegram_api: str = "https://api.telegram.org"
    """Address of the Bot API; a rehearsal points it at the fake Telegram."""
    telegram_token: str = ""
    """The token of the bot of all schools without one of their own; empty means there is none."""
    telegram_bots: str = ""
    """TOML file that gives schools a bot of their own, a line each: roster id = token."""
    telegram_webhook: str = ""
    """Public https address to which Telegram brings messages; empty lets us ask for them."""
    telegram_webhook_host: str = "127.0.0.1"
    """Address the webhook listens on, behind the proxy that speaks https."""
    telegram_webhook_port: int = 8041
    """Port the webhook listens on; 0 takes a free one."""
    telegram_rate: float = 28.0
    """Messages a second that the sender allows itself for one bot."""
    telegram_chat_rate: float = 1.0
    """Messages a second that the sender allows itself for one chat."""
    telegram_marks: bool = False
    """True lets teachers give marks by a button in the chat."""
    telegram_rich: bool = False
    """True sends a lesson as one rich message (Bot API 10); refused, it comes as plain cards."""
    telegram_unknown: str = "resend"
    """A message whose answer was lost: resend (marked as a repeat) or probe (experimental)."""
    console_host: str = "127.0.0.1"
    """Address the console listens on."""
    console_port: int = 8040
    """Port the console listens on; 0 takes a free one."""
    console_secure: bool = False
    """True behind https: cookies are then sent over https only."""
    scan_folder: str = ""
    """Folder into which the school's scanner writes; the console files what comes; empty: none."""
    print_capacity: int = 5000
    """Sides that can be printed for one week, as the plan estimates them, without empty backs."""
    print_processes: int = 1
    """Processes that draw packs side by side; each needs some 200 MB and a processor core."""
    print_layout: str = "single"
    """How lessons are laid on paper: single, 2up (two small pages to a side) or booklet."""
    print_check_all: bool = False
    """True looks at every page of every pack before a run is released, not of one of each kind."""
    stack_sheets: int = 2500
    """Sheets of paper that one file of a print run holds at most."""
    single_files: int = 100
    """Runs of at most so many packs also get a file for each pack alone."""
    post_money: int = 100_000
    """Tenge for the postage of one week."""
    list_rows: int = 35
    """Rows of a list for the post office at most; Kazpost's neighbours take no more than 35."""
    print_cutoff: str = "thu 15:00"
    """Local time in the week before, after which nothing more is printed for the week."""
    post_closes: str = "16:00"
    """Local time until which the post office takes packs; later ones leave on the next day."""
    post_days: str = "working"
    """How days on the way are counted: working or calendar; not verified with Kazpost."""
    village_leg_days: int = 1
    """Days that the way from the regional centre to a village and its homes adds; an estimate."""
    village_leg_schools: str = ""
    """Schools with other days for the last leg, each by roster id: "s1=0, s2=3"."""
    paper_gsm: int = 80
    """Grams of a square metre of the paper that packs are printed on."""
    envelopes: str = "DL, C5, C4"
    """Envelopes in stock: DL, C5, C4 and C4-kraft, which more than 60 sheets go into."""
    pack_sheets: int = 400
    """Sheets that one envelope may hold; what is more goes out in several."""
    parcels: bool = False
    """True: what is too heavy for a letter may go as a parcel; otherwise it is parted."""
    registered: str = "personal"
    """Which letters are registered: personal (codes, marks or special editions), always, never."""
    kazpost_service: str = ""
    """Address of Kazpost's delivery service (SOAP); empty switches it off."""
    kazpost_tracking: str = ""
    """Address of Kazpost's tracking, such as https://track.post.kz; empty asks for nothing."""
    kazpost_key_file: str = ""
    """File with the client key of 32 characters, unless JETKIZ_KAZPOST_KEY gives it."""
    kazpost_bin: str = ""
    """The twelve digits under which Kazpost knows the sender."""
    kazpost_plain_http: bool = False
    """True lets the key travel over http to this same computer, for a rehearsal."""
    fallback_check: str = "18:00"
    """Local time of a lesson's day: what no carrier took by then goes its second way."""
    as_run_by: str = "20:00"
    """Local time by which a broadcaster's log of the day is expected, or named as missing."""
    playout_folder: str = ""
    """Folder of the lessons' files in the broadcaster's ffplayout; empty: its own storage."""
    playout_ending: str = ""
    """Ending of those files, such as .mp4, where house numbers are names without an ending."""
    libretime_address: str = ""
    """Address of the radio station's LibreTime, such as https://radio.example; empty: none."""
    libretime_key: str = ""
    """The general.api_key of that LibreTime; better in JETKIZ_LIBRETIME_KEY than in a file."""
    copier_pages: int = -1
    """Sides a week of the school's own copier for paper by hand; -1 counts them with all others."""
    telegram_messages: int = -1
    """Digests that the bot may send on one day; -1 sets no limit."""
    guardian_consent: bool = True
    """True: a student's own phone gets nothing until a guardian has agreed in the bot."""
    marking_minutes: int = -1
    """Minutes a week that teachers have for marking what comes back; -1 sets no limit."""
    duty_seats: int = 0
    """Seats of the duty class, each for one student and one week; 0 switches the duty class off."""
    braille_cells: int = 40
    """Cells in a line of the embosser that prints Braille."""
    braille_lines: int = 25
    """Lines on a page of the embosser, the one with the number of the page included."""
    keep_pages: int = -1
    """Days after marking for which pages of homework are kept; -1 keeps them for good."""
    late_work: str = "flag"
    """Work that comes after its due day: accept, flag (it is said how late) or closed."""
    late_work_classes: str = ""
    """Classes with another rule for late work, such as "9A=closed, 1B=accept"."""
    learning: bool = False
    """True lets the receipts of past weeks change the likelihoods that plans are made with."""

    @property
    def keys(self) -> Path:
        """The key file in force; by default it lies beside the data folder, not in it."""
        data = self.data.absolute()
        return Path(self.key_file) if self.key_file else data.with_name(f"{data.name}.key")

    def late_rule(self, class_title: str) -> str:
        """Return what becomes of late work in a class: its own rule, or that of the school."""
        return self.rules_of_classes().get(_bare_title(class_title), self.late_work)

    def rules_of_classes(self) -> dict[str, str]:
        """Return the rules of single classes, each under its bare title."""
        parts = (one.partition("=") for one in self.late_work_classes.split(",") if one.strip())
        return {_bare_title(title): rule.strip() for title, _, rule in parts}

    def village_leg(self, school: str) -> int:
        """Return the days of the last leg for a school, by its id in the roster."""
        return legs_of_schools(self).get(school, self.village_leg_days)

    def envelope_names(self) -> list[str]:
        """Return the names of the envelopes in stock."""
        return [one.strip() for one in self.envelopes.split(",") if one.strip()]

    @property
    def url(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{(self.data / 'jetkiz.sqlite3').as_posix()}"


def load_settings(
    folder: Path, environment: Mapping[str, str] = os.environ, **options: Any
) -> Settings:
    """Read settings: file in ``folder``, then environment, then options that are not None."""
    settings = Settings()
    file = folder / FILE_NAME
    if file.is_file():
        settings = _changed(settings, _read_file(file), str(file))
    found = {
        f.name: environment[PREFIX + f.name.upper()]
        for f in fields(Settings)
        if PREFIX + f.name.upper() in environment
    }
    settings = _changed(settings, found, N_("the environment"))
    given = {name: value for name, value in options.items() if value is not None}
    return _checked(_changed(settings, given, N_("the options")))


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise JetkizError(
            N_("The settings file {file} cannot be read: {reason}."),
            N_("Correct that line, or delete the file to use the defaults."),
            file=file,
            reason=error,
        ) from error


def _changed(settings: Settings, values: Mapping[str, Any], source: str) -> Settings:
    known = {f.name: f.type for f in fields(Settings)}
    changes = {}
    for name, value in values.items():
        if name not in known:
            raise JetkizError(
                N_("There is no setting named {name} (found in {source})."),
                N_("See docs/reference/settings.md for the names that exist."),
                name=name,
                source=source,
            )
        changes[name] = _converted(name, value, getattr(Settings(), name))
    return replace(settings, **changes)


def _converted(name: str, value: Any, default: Any) -> Any:
    try:
        if isinstance(default, bool):
            return value if isinstance(value, bool) else _SWITCHES[value.strip().lower()]
        return _within(name, Path(value) if isinstance(default, Path) else type(default)(value))
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise JetkizError(
            N_("The setting {name} cannot be {value!r}."),
            N_("It has to look like {example!r}."),
            name=name,
            value=value,
            example=default,
        ) from error


def _within(name: str, value: Any) -> Any:
    least, most = _LIMITS.get(name, (value, value))
    if not least <= value <= most:
        raise ValueError(name)
    return value


# A word that is neither yes nor no is refused: read as no, it would send cookies in the open.
_SWITCHES: Final = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("", "0", "false", "no", "off"), False),
}
_LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "console_port": (0, 65_535),
    "telegram_webhook_port": (0, 65_535),
    "telegram_rate": (0.001, 1_000),
    "telegram_chat_rate": (0.001, 1_000),
    "print_capacity": (0, 10**9),
    "post_money": (0, 10**12),
    "list_rows": (1, 200),
    "print_processes": (1, 64),
    "stack_sheets": (50, 100_000),
    "single_files": (0, 100_000),
    "copier_pages": (-1, 10**9),
    "telegram_messages": (-1, 10**9),
    "village_leg_days": (0, 30),
    "keep_pages": (-1, 100_000),
    "marking_minutes": (-1, 10**9),
    "duty_seats": (0, 10**6),
    "braille_cells": (12, 80),
    "braille_lines": (5, 60),
    "paper_gsm": (40, 400),
    "pack_sheets": (4, 2_000),
}


def _bare_title(title: str) -> str:
    """Write a class as it is compared: a capital A looks the same on both keyboards."""
    return "".join(filter(str.isalnum, title.upper())).translate(_LOOK_ALIKE)


def legs_of_schools(settings: Settings) -> dict[str, int]:
    """Return the days of the last leg of single schools."""
    found = {}
    for part in filter(str.strip, settings.village_leg_schools.split(",")):
        school, _, days = part.partition("=")
        if not school.strip() or not re.fullmatch("[0-9]{1,2}", days.strip()):
            raise JetkizError(
                N_("The setting village_leg_schools cannot be understood at {part!r}."),
                N_("Write schools by their roster id with days, as in: s1=0, s2=3."),
                part=part.strip(),
            )
        found[school.strip()] = int(days)
    return found


def _check_late_work(settings: Settings) -> None:
    rules = [("late_work", settings.late_work)]
    rules += [("late_work_classes", rule) for rule in settings.rules_of_classes().values()]
    for name, value in rules:
        if value not in LATE_WORK:
            raise JetkizError(
                N_("The setting {name} cannot be {value!r}."),
                N_("Choose one of: {words}."),
                name=name,
                value=value,
                words=", ".join(LATE_WORK),
            )


def _check_envelopes(settings: Settings) -> None:
    names = settings.envelope_names()
    if not names or not set(names) <= set(ENVELOPES):
        raise JetkizError(
            N_("The setting {name} cannot be {value!r}."),
            N_("Choose one of: {words}."),
            name="envelopes",
            value=settings.envelopes,
            words=", ".join(ENVELOPES),
        )


def _checked(settings: Settings) -> Settings:
    _check_late_work(settings)
    _check_envelopes(settings)
    for name, value, words in (
        ("registered", settings.registered, REGISTERED),
        ("print_layout", settings.print_layout, LAYOUTS),
    ):
        if value not in words:
            raise JetkizError(
                N_("The setting {name} cannot be {value!r}."),
                N_("Choose one of: {words}."),
                name=name,
                value=value,
                words=", ".join(words),
            )
    if settings.language not in LANGUAGES:
        raise JetkizError(
            N_("There is no language {language!r}."),
            N_("Choose kk, ru or en."),
            language=settings.language,
        )
    if settings.telegram_unknown not in {"resend", "probe"}:
        raise JetkizError(
            N_("The setting telegram_unknown cannot be {value!r}."),
            N_("Choose resend or probe."),
            value=settings.telegram_unknown,
        )
    if settings.post_days not in {"working", "calendar"}:
        raise JetkizError(
            N_("The setting post_days cannot be {value!r}."),
            N_("Choose working or calendar."),
            value=settings.post_days,
        )
    legs_of_schools(settings)
    return settings
