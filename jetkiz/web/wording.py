"""What the console calls states, proofs, sources and facts, and the sign beside each state."""

from typing import Final

from jetkiz.channel import CHANNEL_WORDS, channel_words
from jetkiz.delivery.reasons import CHOICE_WORDS, FAILURE_WORDS
from jetkiz.delivery.states import Proof, State, proof_of
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.subjects import subject_words
from jetkiz.reports.progress import EmptyHanded, Standing, standing_words
from jetkiz.roster.access_profile import FactKind, Source
from jetkiz.roster.model import DeliveryMode, Need
from jetkiz.staff.permissions import Role
from scheduler.second_way_words import cause_line

__all__ = [
    "CHOICE_WORDS",
    "FAILURE_WORDS",
    "cause_line",
    "channel_words",
    "proof_of",
    "subject_words",
]

STATES: Final = {
    State.UNPLANNED: N_("no channel"),
    State.PLANNED: N_("planned"),
    State.PREPARED: N_("prepared"),
    State.DISPATCHED: N_("handed over"),
    State.EXPIRED: N_("too late"),
    State.FAILED: N_("failed"),
    State.CANCELLED: N_("cancelled"),
    State.DELIVERED: N_("arrived"),
    State.ACKNOWLEDGED: N_("confirmed by the home"),
    State.RETURNED: N_("homework back"),
    State.MARKED: N_("marked"),
}

# A sign beside the word, so that nothing is said by colour alone.
SIGNS: Final = {
    State.UNPLANNED: "–",
    State.PLANNED: "○",
    State.PREPARED: "◔",
    State.DISPATCHED: "◑",
    State.EXPIRED: "✕",
    State.FAILED: "✕",
    State.CANCELLED: "⊘",
    State.DELIVERED: "●",
    State.ACKNOWLEDGED: "✓",
    State.RETURNED: "↩",
    State.MARKED: "★",
}

TONES: Final = {
    State.UNPLANNED: "bad",
    State.EXPIRED: "bad",
    State.FAILED: "bad",
    State.CANCELLED: "bad",
    State.DISPATCHED: "way",
    State.DELIVERED: "good",
    State.ACKNOWLEDGED: "good",
    State.RETURNED: "good",
    State.MARKED: "good",
}

PROOFS: Final = {
    Proof.NOBODY: N_("nobody yet"),
    Proof.CARRIER: N_("the carrier"),
    Proof.RECORD: N_("a record: signature, tracking, broadcast log"),
    Proof.PERSON: N_("a person"),
}

RUNGS: Final = {
    "planned": N_("planned"),
    "dispatched": N_("handed over"),
    "aired": N_("aired on TV"),
    "delivered": N_("arrived"),
    "acknowledged": N_("confirmed by the home"),
    "returned": N_("homework back"),
    "marked": N_("marked"),
    "failed": N_("failed"),
}

GROUPS: Final = {
    Standing.NOT_IN_PLAN: N_("No lessons in the plan"),
    Standing.NO_CHANNEL: N_("No channel reaches them"),
    Standing.FAILED: N_("Everything failed"),
    Standing.NOT_HANDED_OVER: N_("Not handed over yet"),
    Standing.NO_SIGN: N_("No sign of arrival"),
    Standing.PARTLY: N_("Got only a part"),
}

ROLES: Final = {
    Role.COORDINATOR: N_("coordinator"),
    Role.TEACHER: N_("teacher"),
    Role.BROADCASTER: N_("broadcaster"),
}

FACTS: Final = {
    FactKind.INTERNET: N_("Internet at home"),
    FactKind.DATA_CAP_MB: N_("Megabytes a week"),
    FactKind.PHONE: N_("Phone for the student"),
    FactKind.PHONE_SHARERS: N_("Students on that phone"),
    FactKind.COMPUTER: N_("Computer"),
    FactKind.TELEGRAM: N_("Telegram chat"),
    FactKind.TV: N_("TV channels"),
    FactKind.RADIO: N_("Radio stations"),
    FactKind.POST: N_("Letters arrive"),
    FactKind.PICK_UP: N_("Can fetch paper"),
    FactKind.ADULT_HOME: N_("Adult at home by day"),
    FactKind.ELECTRICITY: N_("Electricity"),
    FactKind.PREFERENCE: N_("Way the home asked for"),
}

VALUES: Final = {
    "unknown": N_("unknown"),
    "none": N_("none"),
    "yes": N_("yes"),
    "no": N_("no"),
    "own": N_("own"),
    "shared": N_("shared"),
    "lent": N_("lent"),
    "linked": N_("linked"),
    "never": N_("never linked"),
    "blocked": N_("blocked"),
    "steady": N_("steady"),
    "cuts": N_("cuts out"),
}

# What may be chosen for a fact; the others are typed.
CHOICES: Final = {
    FactKind.INTERNET: ("none", "2g", "3g", "4g"),
    FactKind.PHONE: ("own", "shared", "none"),
    FactKind.COMPUTER: ("own", "lent", "none"),
    FactKind.TELEGRAM: ("linked", "never", "blocked"),
    FactKind.POST: ("yes", "no"),
    FactKind.PICK_UP: ("yes", "no"),
    FactKind.ADULT_HOME: ("yes", "no"),
    FactKind.ELECTRICITY: ("steady", "cuts"),
    FactKind.PREFERENCE: ("none", *CHANNEL_WORDS),
}

SOURCES: Final = {
    Source.IMPORT: N_("imported file"),
    Source.SURVEY: N_("form filled in at home"),
    Source.GUARDIAN: N_("said by the guardian"),
    Source.TEACHER: N_("said by the teacher"),
    Source.BOT: N_("seen by the bot"),
    Source.COORDINATOR: N_("corrected by the coordinator"),
}

NEEDS: Final = {
    Need.LARGE_PRINT: N_("large print"),
    Need.BRAILLE: N_("braille"),
    Need.AUDIO: N_("read aloud"),
    Need.SIGN_LANGUAGE: N_("sign language"),
}

MODES: Final = {
    DeliveryMode.POST: N_("by post"),
    DeliveryMode.HAND: N_("brought by hand"),
    DeliveryMode.PICK_UP: N_("fetched at school"),
}

MARKS: Final = {"done": N_("done"), "again": N_("do it again"), "": N_("an answer, no mark yet")}

# Who told, by the part of a receipt's source before the colon.
TELLERS: Final = {
    "dispatch": N_("hand-over"),
    "telegram": N_("Telegram"),
    "bot": N_("the home, in Telegram"),
    "button": N_("the home, in Telegram"),
    "scan": N_("a scanned sheet"),
    "silence": N_("pages came, then nothing more"),
    "post": N_("post office"),
    "registry": N_("post office"),
    "signature": N_("signature list"),
    "broadcast": N_("broadcaster"),
    "as_run": N_("broadcast log"),
    "aired": N_("broadcast log"),
    "exported": N_("timetable for the broadcaster"),
    "confirmed": N_("broadcaster"),
    "print": N_("printing"),
    "packs": N_("hand-over list"),
    "attendance": N_("attendance list"),
    "console": N_("the school, in this console"),
    "second_way": N_("second way"),
}


def teller(source: str) -> str:
    """Return the message id of who told of a receipt; a person is named as they are."""
    return TELLERS.get(source.partition(":")[0], source)


def mark_words(mark: str) -> str:
    """Return the message id of a mark; figures speak for themselves."""
    return MARKS.get(mark, mark)


def value_words(value: str) -> str:
    """Return the message id of a fact's value; names of channels speak for themselves."""
    return VALUES.get(value, channel_words(value))


def why(one: EmptyHanded, t: Translator) -> str:
    """Say in words why nothing is known to have reached a student."""
    details = [t(FAILURE_WORDS[reason]) for reason in one.failures]
    details += [t(CHOICE_WORDS[reason]) for reason in one.reasons]
    if one.standing == Standing.PARTLY:
        details.insert(0, standing_words(one, t))
    return "; ".join(details) or standing_words(one, t)
