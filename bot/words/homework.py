"""What the bot says about homework: open tasks, the draft and its pages, what was handed in."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from bot.chats.links import Child
from bot.chats.reading import StudentLesson, newest_first
from bot.words.cards import MOST_LETTERS, Card, escaped
from bot.words.dates import day_words
from bot.words.keyboards import Button, Verb, button
from bot.words.markdown import Run, messages
from jetkiz.homework.model import HomeworkReturn, Page
from jetkiz.homework.quality import Hint
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.subjects import subject_words

CHOICES: Final = 5
MOST_BUTTONS: Final = 30
MOST_HINTS: Final = 4
MOST_MOVED: Final = 9
MOST_LISTED: Final = 30
SHOWN_NOTE: Final = 120
LISTED_NOTE: Final = 30

HINT_WORDS: Final[dict[str, str]] = {
    Hint.SMALL: N_("Page {page} is very small. Send it as a file, then it stays large."),
    Hint.DARK: N_("Page {page} is dark. Photograph it by a window or under a lamp."),
    Hint.BLURRED: N_("Page {page} looks blurred. Lean the phone on something and try again."),
}
CLOSED: Final = "closed"
OVERDUE: Final = {
    "accept": N_("still taken, it was due on {day}"),
    "flag": N_("late, it was due on {day}"),
    CLOSED: N_("no longer taken, it was due on {day}"),
}
ELSEWHERE: Final = N_("If it is not here, open the lesson and press Hand in there.")
KIND_WORDS: Final = {
    "image/jpeg": N_("photo"),
    "image/png": N_("photo"),
    "image/heic": N_("photo"),
    "audio/ogg": N_("voice"),
    "audio/mp4": N_("voice"),
    "video/mp4": N_("film"),
    "text/plain": N_("words"),
    "": N_("document"),
}


def title_of(one: StudentLesson, t: Translator) -> str:
    """Return subject and title of a lesson as one line."""
    return f"{t(subject_words(one.lesson.subject))}. {one.lesson.title}"


def _titled(one: StudentLesson, t: Translator) -> str:
    return escaped(title_of(one, t))


def task_list(
    child: Child, tasks: Sequence[StudentLesson], today: date, t: Translator, rule: str = "flag"
) -> list[Card]:
    """List the tasks of a child: open ones have a button, answered ones say so.

    ``rule`` is the one for late work. The buttons stand under the last part; were there too many,
    the oldest lessons have none.
    """
    lines = [f"• {title_of(one, t)}: {_standing(one, today, rule, t)}" for one in tasks]
    if not tasks:
        lines.append(t("There is nothing to hand in."))
    wanted = [one for one in tasks if one.is_open_task]
    newest = newest_first(wanted)[:MOST_BUTTONS]
    if len(wanted) > len(newest):
        lines += ["", t(ELSEWHERE)]
    text = "\n".join(["", *lines])
    parts = messages([Run(child.given_name, ("b",)), Run(text)], MOST_LETTERS)
    rows = tuple(
        (button(_task_label(one, t), Verb.HAND_IN, child.student, one.lesson.id),)
        for one in wanted
        if one in newest
    )
    return [*map(Card, parts[:-1]), Card(parts[-1], rows)]


def is_over(one: StudentLesson, today: date, rule: str) -> bool:
    """Whether work is no longer taken; what the teacher asks for once more always is."""
    return rule == CLOSED and today > _due(one) and not one.once_more


def _due(one: StudentLesson) -> date:
    return one.lesson.task.due if one.lesson.task else one.lesson.day


def answered(one: StudentLesson, t: Translator) -> str:
    """Say what came of work that came back; empty while it is wanted for the first time."""
    if one.once_more:
        return t("please do it once more")
    if one.is_open_task:
        return ""
    return t("the teacher has looked at it") if one.is_marked else t("handed in")


def _standing(one: StudentLesson, today: date, rule: str, t: Translator) -> str:
    if said := answered(one, t):
        return said
    words = OVERDUE[rule] if today > _due(one) else N_("hand in by {day}")
    return t(words, day=day_words(_due(one), t))


def _task_label(one: StudentLesson, t: Translator) -> str:
    return t("Hand in: {title}", title=one.lesson.title)


def which_child(children: Sequence[Child], t: Translator) -> Card:
    """Ask whose work it is; two of one name are told apart by their class."""
    names = Counter(one.given_name for one in children)
    rows = tuple(
        (
            button(
                one.given_name if names[one.given_name] == 1 else _with_class(one),
                Verb.CHOOSE_CHILD,
                one.student,
            ),
        )
        for one in children
    )
    return Card(t("Whose work is this?"), rows)


def _with_class(child: Child) -> str:
    return f"{child.given_name}, {child.class_title}"


def which_task(student: int, tasks: Sequence[StudentLesson], t: Translator) -> Card:
    """Ask for which task it is; the first five are offered."""
    rows = tuple(
        (button(title_of(one, t), Verb.CHOOSE_TASK, student, one.lesson.id),)
        for one in tasks[:CHOICES]
    )
    lines = [t("Which task is this for?")]
    if len(tasks) > CHOICES:
        lines.append(t(ELSEWHERE))
    return Card("\n".join(lines), rows)


def or_throw_away(question: Card, t: Translator) -> Card:
    """Offer with a question the way out: pages that were a mistake."""
    return replace(question, rows=(*question.rows, (button(t("Throw the pages away"), Verb.DROP),)))


def no_open_task(t: Translator) -> Card:
    """Say that nothing is wanted now, and that what came was not kept."""
    return _nothing_wanted(t("There is no open task just now, so I have not kept this file."), t)


def nothing_to_send(t: Translator) -> Card:
    """Say that nothing is wanted now."""
    return _nothing_wanted(t("There is no open task just now."), t)


def _nothing_wanted(words: str, t: Translator) -> Card:
    again = t("To hand in a work once more, open its lesson and press Hand in.")
    return Card(f"{words}\n{again}\n{t('/homework shows the tasks.')}")


def no_open_task_of(child: Child, t: Translator) -> Card:
    """Say that nothing is wanted of this child; the pages wait for another answer."""
    name = escaped(child.given_name)
    return Card(t("{name} has no open task. Please press another name.", name=name))


def not_placed(pages: int, t: Translator) -> Card:
    """Say what became of pages of which nobody said for which task they are."""
    lines = (
        t.n(
            "Yesterday you sent {n} page and did not say for which task.",
            "Yesterday you sent {n} pages and did not say for which task.",
            pages,
        ),
        t("Nothing was handed in. Please send it again."),
        t("/homework shows the tasks."),
    )
    return Card("\n".join(lines))


def no_longer_collected(t: Translator) -> Card:
    """Say that what is sent now belongs no more to the work that was begun yesterday."""
    ended = t("I no longer wait for pages of the work you began yesterday.")
    return Card(f"{ended}\n{t('/homework shows the tasks.')}")


def send_pages(child: Child, one: StudentLesson, waiting: int, t: Translator) -> Card:
    """Ask for the pages of a task; those that wait for a word can be taken with one press."""
    title = f"<b>{escaped(child.given_name)}</b> · {_titled(one, t)}"
    ask = t("Send photos of the work, page by page. Then press Hand in.")
    label = t.n("Take the {n} page I sent before", "Take the {n} pages I sent before", waiting)
    take = button(label, Verb.CHOOSE_TASK, child.student, one.lesson.id)
    return Card(f"{title}\n\n{ask}", ((take,),) if waiting else ())


def draft(child: Child, one: StudentLesson, pages: Sequence[Page], t: Translator) -> Card:
    """Say how many pages there are and which are hard to read, and offer what can be done."""
    place = (child.student, one.lesson.id)
    lines = [f"<b>{escaped(child.given_name)}</b> · {_titled(one, t)}", count_words(pages, t)]
    if not pages:
        return Card("\n".join(lines), ((button(t("Cancel"), Verb.CANCEL, *place),),))
    notes = " ".join(page.note for page in pages if page.note)
    if notes:
        lines.append(t("Your words: {words}", words=escaped(_cut(notes))))
    rows = [
        (button(t("Hand in"), Verb.FINISH, *place),),
        (button(t("Add a page"), Verb.ADD, *place),),
        (button(t("Remove the last page"), Verb.REMOVE, *place),),
        (button(t("Wrong child or task"), Verb.MOVE, *place),),
    ]
    if len(pages) > 1:
        rows.append((button(t("Order of the pages"), Verb.ORDER, *place),))
    return Card("\n".join([*lines, *_hint_lines(pages, t)]), tuple(rows))


def _cut(words: str, most: int = SHOWN_NOTE) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def count_words(pages: Sequence[Page], t: Translator) -> str:
    """Say how many pages there are; a PDF counts with all that is in it."""
    return t.n("{n} page", "{n} pages", sum(page.sheets for page in pages))


def _hint_lines(pages: Sequence[Page], t: Translator) -> list[str]:
    """Say which pages may be hard to read and what to do; they are kept all the same."""
    found = [
        t(HINT_WORDS[hint], page=number)
        for number, page in enumerate(pages, 1)
        for hint in page.hints
        if hint in HINT_WORDS
    ]
    if not found:
        return []
    return ["", *found[:MOST_HINTS], t("If you can read it well, hand it in as it is.")]


def page_order(child: Child, one: StudentLesson, pages: Sequence[Page], t: Translator) -> Card:
    """Show the pages as the teacher will see them, each but the first with a way up.

    It stands in the place of the draft, so the work can be handed in from here as well.
    """
    place = (child.student, one.lesson.id)
    lines = [
        f"{number}. {_page_words(page, t)}" for number, page in enumerate(pages[:MOST_LISTED], 1)
    ]
    rows = [
        (button(t("Page {n} one place up", n=number), Verb.UP, *place, number),)
        for number in range(2, min(len(pages), MOST_MOVED) + 1)
    ]
    done = (button(t("The order is right"), Verb.ADD, *place),)
    text = "\n".join([t("The teacher sees the pages in this order:"), *lines])
    whole = (button(t("Hand in"), Verb.FINISH, *place),)
    return Card(text, (*rows, done, whole))


def _page_words(page: Page, t: Translator) -> str:
    kind = t(KIND_WORDS.get(page.media_type, KIND_WORDS[""]))
    return f"{kind}: {escaped(_cut(page.note, LISTED_NOTE))}" if page.note else kind


def unfinished(pages: int, t: Translator) -> Card:
    """Say what became of the draft when a person asked for something else."""
    return Card(f"{kept(pages, t).text} {t('/send opens it again.')}")


def kept(pages: int, t: Translator) -> Card:
    """Say that pages stay where they are."""
    return Card(t.n("Your {n} page is kept.", "Your {n} pages are kept.", pages))


def which_draft(tasks: Sequence[tuple[Child, StudentLesson]], t: Translator) -> Card:
    """Ask for which task work is to be sent; the first five are offered."""
    several = len({child.student for child, _ in tasks}) > 1
    rows = tuple(
        (
            button(
                f"{child.given_name}: {title_of(one, t)}" if several else title_of(one, t),
                Verb.HAND_IN,
                child.student,
                one.lesson.id,
            ),
        )
        for child, one in tasks[:CHOICES]
    )
    lines = [t("Which task is this for?")]
    if len(tasks) > CHOICES:
        lines.append(t(ELSEWHERE))
    return Card("\n".join(lines), rows)


def closed(child: Child, one: StudentLesson, t: Translator) -> Card:
    """Say that work is no longer taken, and what can be done."""
    title = f"<b>{escaped(child.given_name)}</b> · {_titled(one, t)}"
    words = t("This work could be handed in until {day}.", day=day_words(_due(one), t))
    return Card(f"{title}\n{words}\n{t('Please ask the teacher for another day.')}")


def broken(t: Translator) -> Card:
    """Say that a file cannot be opened."""
    words = t("I cannot open this file: it is broken or far too large a picture.")
    return Card(f"{words}\n{t('Please photograph the page again and send it as a photo.')}")


def handed_in(
    child: Child,
    one: StudentLesson,
    work: HomeworkReturn,
    time: str,
    t: Translator,
    late: int = 0,
) -> Card:
    """Say that the work is with the teacher, and by how many days it came ``late``."""
    title = f"<b>{escaped(child.given_name)}</b> · {_titled(one, t)}"
    count = count_words(work.pages, t)
    said = t("Handed in at {time}: {count}.", time=time, count=count)
    lines = [title, said]
    if work.version > 1:
        lines.append(t("This is version {n}; the teacher sees the newest.", n=work.version))
    if late > 0:
        days = t.n("It came {n} day late.", "It came {n} days late.", late)
        lines.append(f"{days} {t('The teacher gets it all the same.')}")
    return Card("\n".join(lines), (_again(child, one, t),))


def handed_in_by_itself(
    child: Child, one: StudentLesson, work: HomeworkReturn, t: Translator
) -> Card:
    """Say that silence handed the work in."""
    title = f"<b>{escaped(child.given_name)}</b> · {_titled(one, t)}"
    count = count_words(work.pages, t)
    said = t("Nothing more came, so I have handed in the work: {count}.", count=count)
    more = t("Is a page missing? Press Hand in again and send all pages once more.")
    return Card(f"{title}\n{said}\n{more}", (_again(child, one, t),))


def _again(child: Child, one: StudentLesson, t: Translator) -> tuple[Button, ...]:
    return (button(t("Hand in again"), Verb.HAND_IN, child.student, one.lesson.id),)


def cancelled(t: Translator) -> Card:
    """Say that nothing was handed in."""
    return Card(t("I have thrown the pages away. Nothing was handed in."))


def too_large(t: Translator) -> Card:
    """Say what to do with a file that Telegram does not hand to bots."""
    words = t("This file is larger than 20 MB, so I cannot fetch it.")
    shrink = t("Please send it as photos, or a film in parts of three minutes.")
    return Card(f"{words}\n{shrink}")


def no_such_task(t: Translator) -> Card:
    """Say that nothing can be sent for a task any more."""
    return Card(t("This lesson is not in this chat."))


def of_own_child(t: Translator) -> str:
    """Say how somebody of the school sends the work of a child of their own."""
    return t("For the work of your own child, press /send first.")


def too_long(letters: int, most: int, t: Translator) -> Card:
    """Say that words are too many to be kept whole; none of them is kept."""
    words = t("These words have {n} letters; {most} fit.", n=letters, most=most)
    return Card(f"{words}\n{t('Shorten them, or say the rest in another message.')}")


def changed(t: Translator) -> Card:
    """Say that what was written anew takes the place of the old."""
    return Card(t("I have changed it."))


def not_changed(t: Translator) -> Card:
    """Say that a message that was written anew changes nothing any more."""
    return Card(t("I cannot change this any more. Please write it as a new message."))


def lost(t: Translator) -> Card:
    """Say what to do when Telegram itself has no such file any more."""
    words = t("Telegram did not hand this file to me.")
    return Card(f"{words}\n{t('Please send it once more.')}")


def wrong_type(t: Translator) -> Card:
    """Say which files can be homework."""
    words = t("I cannot read this kind of file.")
    return Card(f"{words}\n{t('Please send photos, PDF, Word, sound or film.')}")
