"""What the bot says while a phone is linked: code, whose child, consent, news to the others."""

from typing import Final

from bot.chats.links import Child
from bot.words.cards import Card, escaped
from bot.words.keyboards import Button, Verb, button
from jetkiz.i18n import N_, Translator
from jetkiz.roster.link_codes import CodeRefusal, LinkRole

LANGUAGE_NAMES: Final = {"kk": "Қазақша", "ru": "Русский", "en": "English"}

CODE_WORDS: Final = {
    CodeRefusal.UNKNOWN: N_(
        "This code is wrong. Please compare its 9 signs with the paper, one by one."
    ),
    CodeRefusal.EXPIRED: N_("This code is too old. Please ask the school for a new one."),
    CodeRefusal.USED_UP: N_(
        "This code has been used on as many phones as it allows. "
        "Please ask the school for a new one."
    ),
    CodeRefusal.REVOKED: N_("The school has cancelled this code. Please ask for a new one."),
}


def guest(t: Translator) -> Card:
    """Ask somebody whom nobody has linked for the code."""
    words = t("Hello! I bring the lessons of your school.")
    ask = t("Please send me the code from the school's paper, or scan the picture on it.")
    return Card(f"{words}\n\n{ask}", language_rows())


def language_rows() -> tuple[tuple[Button, ...], ...]:
    """Return the buttons of the three languages, each in its own words."""
    return (
        tuple(
            button(name, Verb.LANGUAGE, word=language) for language, name in LANGUAGE_NAMES.items()
        ),
    )


def whose(child: Child, t: Translator) -> Card:
    """Ask whether the code's child is the right one, before anything comes."""
    name, title = escaped(child.given_name), escaped(child.class_title)
    if child.role == LinkRole.STUDENT:
        ask = t("Are you {name}, class {title}?", name=f"<b>{name}</b>", title=title)
    else:
        ask = t("Is {name}, class {title}, your child?", name=f"<b>{name}</b>", title=title)
    rows = (
        (button(t("Yes, this is right"), Verb.CONFIRM, child.student),),
        (button(t("No, cancel"), Verb.REFUSE, child.student),),
    )
    return Card(ask, rows)


def consent(child: Child, t: Translator) -> Card:
    """Ask a guardian to agree; nothing comes before."""
    lines = (
        t("I ask for your consent for {name}.", name=f"<b>{escaped(child.given_name)}</b>"),
        "",
        t("The school sends lessons to this chat."),
        t("The school keeps the work that you send here; its teachers see it."),
        t("The messages pass through Telegram, a foreign company."),
        t("You can take the consent back at any time with /stop. /privacy tells more."),
    )
    rows = (
        (button(t("I agree"), Verb.AGREE, child.student),),
        (button(t("I do not agree"), Verb.REFUSE, child.student),),
    )
    return Card("\n".join(lines), rows)


def not_linked(t: Translator) -> Card:
    """Say that linking was broken off by a button."""
    words = t("Nothing was linked, and no lessons come here.")
    return Card(f"{words}\n{t('To begin again, send the code from the school paper.')}")


def link_broken_off(t: Translator) -> Card:
    """Say that a command or a day of silence broke linking off."""
    words = t("The phone was not linked: the question before was not answered.")
    return Card(f"{words}\n{t('To begin again, send the code from the school paper.')}")


def waits_for_guardian(name: str, t: Translator) -> Card:
    """Say what a student's phone still needs."""
    words = t("Thank you, {name}. Now a guardian has to agree.", name=escaped(name))
    how = t("Your mother, father or guardian sends me the guardian's code from the same paper.")
    return Card(f"{words}\n{how}\n{t('Until then no lessons come here.')}")


def still_waits(t: Translator) -> Card:
    """Remind a student's phone what it waits for."""
    words = t("A guardian has not agreed yet, so no lessons come here.")
    how = t("Your mother, father or guardian sends me the guardian's code from the same paper.")
    return Card(f"{words}\n{how}", language_rows())


def welcome(child: Child, t: Translator) -> Card:
    """Say whose lessons come to this chat from now on, and what comes next."""
    whose_lessons = t(
        "The lessons of {name}, class {title}, now come to this chat.",
        name=f"<b>{escaped(child.given_name)}</b>",
        title=escaped(child.class_title),
    )
    ways = t("/privacy tells what is kept. /stop ends it.")
    return Card(f"{whose_lessons}\n\n{t('/today shows the lessons of today.')}\n{ways}")


def consent_ended(name: str, t: Translator) -> Card:
    """Tell a student's phone that a guardian took the consent back."""
    words = t("A guardian of {name} has taken the consent back.", name=escaped(name))
    return Card(f"{words}\n{t('Until somebody agrees again no lessons come here.')}")


def linked_before(child: Child, t: Translator) -> Card:
    """Say that nothing had to be done."""
    return Card(t("{name} is linked to this chat already.", name=escaped(child.given_name)))


def own_phone(name: str, t: Translator) -> Card:
    """Say that a student's own phone is nobody's who could agree."""
    words = t("This is the own phone of {name}: a guardian cannot agree here.", name=escaped(name))
    how = t("Your mother, father or guardian sends the code from another phone.")
    only = t("Is this the only phone at home? Please tell the school; it has been told of this.")
    return Card(f"{words}\n{how}\n{only}")


def another_phone(child: Child, role: str, phone: int, t: Translator) -> Card:
    """Tell the other phones of a student that one more was linked; one press says "not ours"."""
    name = escaped(child.given_name)
    news = t("One more phone now gets the lessons of {name}.", name=name)
    own = role == LinkRole.STUDENT
    whose_phone = t("It is the student's own phone.") if own else t("It is a guardian's phone.")
    ask = t("If you do not know whose it is, press the button.")
    row = (button(t("That was not us"), Verb.NOT_US, child.student, phone),)
    return Card(f"{news} {whose_phone}\n{ask}", (row,))


def not_us(name: str, t: Translator, *, is_cut: bool) -> Card:
    """Say what happened to the phone that nobody knows."""
    told = t("The school has been told.")
    if not is_cut:
        return Card(told)
    cut = t("The other phone no longer gets the lessons of {name}.", name=escaped(name))
    again = t("The codes on the paper no longer work; the school gives you new ones.")
    return Card(f"{cut}\n{again}\n{told}")


def wrong_code(refusal: CodeRefusal, t: Translator, tries: int | None = None) -> Card:
    """Say why a code opens nothing, and how many ``tries`` are left if they are counted."""
    words = t(CODE_WORDS[refusal])
    if tries is None:
        return Card(words)
    left = t.n("{n} more try is left.", "{n} more tries are left.", tries)
    return Card(f"{words}\n{left}") if tries else Card(f"{words}\n{pause(t).text}")


def pause(t: Translator) -> Card:
    """Say that too many wrong codes were tried."""
    return Card(t("Too many wrong codes. Please try again in an hour."))
