"""How a family is told that a lesson on TV or radio is not when it was to be."""

from zoneinfo import ZoneInfo

from bot.words.cards import Card, escaped
from bot.words.dates import day_words, time_words
from jetkiz.channel import AiringNews, Showing
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.subjects import subject_words

PARAGRAPH = "\n\n"
_HEAD = N_("There is a change on TV and radio:")
_MOVED = N_("{name}. {lesson}: not {before}, but {after}.")
_GONE = N_("{name}. {lesson}: it is not shown, {before}.")
_NOT_SHOWN = N_("{name}. {lesson} was not shown as announced, {before}.")
_SEE = N_("You can see it {after}.")
_NOWHERE = N_("The school is looking for another way to bring it to you.")


def airing_card(paragraphs: list[str], t: Translator) -> Card:
    """Join what is told of each airing: the first paragraph is the heading."""
    return Card(PARAGRAPH.join([t(_HEAD), *paragraphs]))


def paragraph(name: str, one: AiringNews, lesson: Lesson, zone: ZoneInfo, t: Translator) -> str:
    """Say what became of one airing, and where the lesson is to be seen instead."""
    title = f"{t(subject_words(lesson.subject))}. {lesson.title}"
    said = {"name": f"<b>{escaped(name)}</b>", "lesson": escaped(title)}
    before = _place(one.before, zone, t)
    after = _place(one.after, zone, t) if one.after else ""
    if after and not one.is_over:
        return t(_MOVED, before=before, after=after, **said)
    first = t(_NOT_SHOWN if one.is_over else _GONE, before=before, **said)
    return f"{first} {t(_SEE, after=after) if after else t(_NOWHERE)}"


def _place(one: Showing, zone: ZoneInfo, t: Translator) -> str:
    day = day_words(one.at.astimezone(zone).date(), t)
    return f"{day}, {time_words(one.at, zone)}, {escaped(one.place)}"
