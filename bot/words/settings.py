"""What a family can change about its chat, one page after another; a button says what it sets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any, Final

from bot.chats.preferences import REMINDER_HOURS, Media, Preferences
from bot.words.cards import Card
from bot.words.keyboards import Button, Verb, button
from bot.words.linking import LANGUAGE_NAMES, language_rows
from jetkiz.i18n import N_, Translator

HALF_HOUR: Final = 30
DAY: Final = 24 * 60
MEDIA_WORDS: Final = {
    Media.TEXT: N_("Text only"),
    Media.PHOTOS: N_("Text and pictures"),
    Media.ALL: N_("Text, pictures, sound and film"),
}
Rows = tuple[tuple[Button, ...], ...]


class Page(StrEnum):
    """Where the buttons of the settings stand."""

    MENU = "menu"  # what can be changed
    LANGUAGE = "lang"  # language and sound
    QUIET = "quiet"  # when nothing comes
    REMINDERS = "rem"  # whether and when tasks are called to mind
    FORM = "form"  # pictures, reading aloud, larger letters
    CHILDREN = "kids"  # several children, copies of what goes to their own phones


@dataclass(frozen=True, slots=True)
class Wish:
    """What a pressed button asks for: changes to the preferences, and the page to show then."""

    page: Page
    changes: Mapping[str, Any]


def read_wish(word: str) -> Wish | None:
    """Read what a button of the settings carries; None for what it cannot carry."""
    if word in set(Page):
        return Wish(Page(word), {})
    if word in {"0", "1"}:
        # So say the buttons of older messages: 1 for silence.
        return Wish(Page.LANGUAGE, {"sound": word == "0"})
    name, _, value = word.partition("-")
    if name not in _CHANGES:
        return None
    page, field, convert = _CHANGES[name]
    try:
        return Wish(page, {field: convert(value)})
    except (ValueError, OverflowError):
        return None


def _switch(value: str) -> bool:
    if value not in {"0", "1"}:
        raise ValueError(value)
    return value == "1"


def _minutes(value: str) -> time:
    return time(*divmod(int(value), 60))


def _reminder_hour(value: str) -> int:
    if int(value) not in REMINDER_HOURS:
        raise ValueError(value)
    return int(value)


_CHANGES: Final[Mapping[str, tuple[Page, str, Callable[[str], Any]]]] = {
    "qf": (Page.QUIET, "quiet_from", _minutes),
    "qu": (Page.QUIET, "quiet_until", _minutes),
    "r": (Page.REMINDERS, "reminders", _switch),
    "rh": (Page.REMINDERS, "reminder_hour", _reminder_hour),
    "m": (Page.FORM, "media", Media),
    "v": (Page.FORM, "voice", _switch),
    "big": (Page.FORM, "larger_text", _switch),
    "tog": (Page.CHILDREN, "together", _switch),
    "cp": (Page.CHILDREN, "copies", _switch),
    "mk": (Page.CHILDREN, "marks", _switch),
}
GUARDIANS_ONLY: Final = frozenset({"copies", "marks"})


def page_card(page: Page, chosen: Preferences, t: Translator, *, is_guardian: bool) -> Card:
    """Write a page of the settings: how it stands, and a button for each change."""
    if page == Page.MENU:
        return _menu(chosen, t)
    if page == Page.LANGUAGE:
        rows: Rows = (*language_rows(), (_sound(chosen, t),), _back(t))
        return Card(t("Which language shall I speak?"), rows)
    if page == Page.QUIET:
        return _quiet(chosen, t)
    if page == Page.REMINDERS:
        return _reminders(chosen, t)
    if page == Page.FORM:
        return _form(chosen, t)
    return _children(chosen, t, is_guardian=is_guardian)


def _set(label: str, word: str) -> Button:
    return button(label, Verb.QUIET, word=word)


def _back(t: Translator) -> tuple[Button, ...]:
    return (_set(t("Back to the settings"), Page.MENU.value),)


def _menu(chosen: Preferences, t: Translator) -> Card:
    lines = [
        t("Your settings:"),
        f"• {t('Language: {name}', name=LANGUAGE_NAMES[chosen.language])}",
        f"• {t('Messages come with a sound') if chosen.sound else t('Messages come silently')}",
        f"• {_quiet_words(chosen, t)}",
        f"• {_reminder_words(chosen, t)}",
        f"• {t(MEDIA_WORDS[chosen.media])}",
    ]
    rows = (
        (_set(t("Change language or sound"), Page.LANGUAGE.value),),
        (_set(t("Change quiet hours"), Page.QUIET.value),),
        (_set(t("Change reminders"), Page.REMINDERS.value),),
        (_set(t("Change how lessons look"), Page.FORM.value),),
        (_set(t("Change messages about children"), Page.CHILDREN.value),),
    )
    return Card("\n".join(lines), rows)


def _sound(chosen: Preferences, t: Translator) -> Button:
    label = t("Messages without a sound") if chosen.sound else t("Messages with a sound")
    return _set(label, "1" if chosen.sound else "0")


def _quiet_words(chosen: Preferences, t: Translator) -> str:
    if chosen.quiet_from == chosen.quiet_until:
        return t("No quiet hours")
    hours = {"start": f"{chosen.quiet_from:%H:%M}", "end": f"{chosen.quiet_until:%H:%M}"}
    return t("Quiet from {start} to {end}", **hours)


def _quiet(chosen: Preferences, t: Translator) -> Card:
    if chosen.quiet_from == chosen.quiet_until:
        usual = Preferences()
        label = t("Be quiet at night")
        # No quiet hours may be kept as nine to nine: then the end has to move, not the beginning.
        is_begun = chosen.quiet_from == usual.quiet_from
        later = f"qu-{_of_day(usual.quiet_until)}"
        word = later if is_begun else f"qf-{_of_day(usual.quiet_from)}"
        return Card(t("No quiet hours"), ((_set(label, word),), _back(t)))
    begin, end = _of_day(chosen.quiet_from), _of_day(chosen.quiet_until)
    rows = (
        (_set(t("Begin at {time}", time=_shown(begin - HALF_HOUR)), _moved("qf", begin, -1)),),
        (_set(t("Begin at {time}", time=_shown(begin + HALF_HOUR)), _moved("qf", begin, 1)),),
        (_set(t("End at {time}", time=_shown(end - HALF_HOUR)), _moved("qu", end, -1)),),
        (_set(t("End at {time}", time=_shown(end + HALF_HOUR)), _moved("qu", end, 1)),),
        (_set(t("Be never quiet"), f"qf-{end}"),),
        _back(t),
    )
    what = t("In quiet hours nothing comes but answers to you and emergencies.")
    return Card(f"{_quiet_words(chosen, t)}.\n{what}", rows)


def _of_day(at: time) -> int:
    return at.hour * 60 + at.minute


def _shown(minutes: int) -> str:
    return "{:02}:{:02}".format(*divmod(minutes % DAY, 60))


def _moved(name: str, minutes: int, by: int) -> str:
    return f"{name}-{(minutes + by * HALF_HOUR) % DAY}"


def _reminder_words(chosen: Preferences, t: Translator) -> str:
    if not chosen.reminders:
        return t("No reminders")
    return t("Reminders at {time}", time=f"{chosen.reminder_hour}:00")


def _reminders(chosen: Preferences, t: Translator) -> Card:
    what = t("I remind of a task at most twice, and of one task a day.")
    text = f"{_reminder_words(chosen, t)}.\n{what}"
    if not chosen.reminders:
        return Card(text, ((_set(t("Send reminders"), "r-1"),), _back(t)))
    hour = chosen.reminder_hour
    others = [one for one in (hour - 1, hour + 1) if one in REMINDER_HOURS]
    rows = [(_set(t("Remind at {time}", time=f"{one}:00"), f"rh-{one}"),) for one in others]
    return Card(text, (*rows, (_set(t("Send no reminders"), "r-0"),), _back(t)))


def _form(chosen: Preferences, t: Translator) -> Card:
    others = [one for one in Media if one != chosen.media]
    voice = (
        _set(t("Do not read aloud"), "v-0")
        if chosen.voice
        else _set(t("Read lessons aloud where there is a recording"), "v-1")
    )
    letters = (
        _set(t("Use letters of the usual size"), "big-0")
        if chosen.larger_text
        else _set(t("Use larger letters"), "big-1")
    )
    what = t("What is left out is named with its size, and one press brings it.")
    rows = (
        *((_set(t(MEDIA_WORDS[one]), f"m-{one.value}"),) for one in others),
        (voice,),
        (letters,),
        _back(t),
    )
    return Card(f"{t('Now: {what}.', what=t(MEDIA_WORDS[chosen.media]))}\n{what}", rows)


def _children(chosen: Preferences, t: Translator, *, is_guardian: bool) -> Card:
    joined = (
        t("The lessons of all children come in one message.")
        if chosen.together
        else t("Each child's lessons come in a message of their own.")
    )
    together = (
        _set(t("Send a message for each child"), "tog-0")
        if chosen.together
        else _set(t("Send one message for all children"), "tog-1")
    )
    if not is_guardian:
        return Card(joined, ((together,), _back(t)))
    copied = (
        t("You also get what goes to a child's own phone.")
        if chosen.copies
        else t("What goes to a child's own phone does not come here.")
    )
    copies = (
        _set(t("Send me no copies"), "cp-0") if chosen.copies else _set(t("Send me copies"), "cp-1")
    )
    words, marks = _marks(chosen, t)
    return Card(f"{joined}\n{copied}\n{words}", ((together,), (copies,), (marks,), _back(t)))


def _marks(chosen: Preferences, t: Translator) -> tuple[str, Button]:
    if chosen.marks:
        return t("Marks in this chat: yes."), _set(t("Send no marks here"), "mk-0")
    off, through = t("Marks in this chat: no."), t("If they come, they pass through Telegram.")
    return f"{off} {through}", _set(t("Send marks here"), "mk-1")
