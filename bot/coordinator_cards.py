"""What the bot says to a coordinator: how it stands, what did not arrive, and emergencies."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from bot.chats.alarms import AlarmKind
from bot.sending.outbox import Lane
from bot.sending.standing_model import Standing
from bot.sending.undelivered import Undelivered
from bot.words.cards import MOST_LETTERS, Card, day_number, escaped
from bot.words.dates import day_words, time_words
from bot.words.keyboards import Button, Verb, button
from bot.words.markdown import Run, messages
from bot.words.refusals import by_meaning
from jetkiz.calendar.school_weeks import days_of
from jetkiz.channel import MissingLog, channel_words
from jetkiz.delivery.reasons import FAILURE_WORDS
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.subjects import subject_words

LANE_WORDS: Final = {
    Lane.EMERGENCY: N_("emergencies"),
    Lane.PRESS: N_("answers to buttons"),
    Lane.ANSWER: N_("answers"),
    Lane.LESSON: N_("lessons"),
    Lane.REMINDER: N_("reminders"),
    Lane.BULK: N_("what may come later"),
}
ALARM_WORDS: Final = {
    AlarmKind.FOREIGN_PHONE: N_("A family does not know a phone that was linked: {name}."),
    AlarmKind.WITHDRAWN: N_("A guardian has taken the consent back: {name}."),
    AlarmKind.SELF_CONSENT: N_("A student's own phone sent a guardian's code: {name}."),
}
MOST_STUDENTS: Final = 6
MOST_REASONS: Final = 5
SCHOOL, GRADE, CLASS = 0, 1, 2


def status(standing: Standing, zone: ZoneInfo, t: Translator) -> Card:
    """Say how the bot stands, the worst first."""
    lines = [t(standing.problem) if standing.problem else t("Nothing stops the bot.")]
    if standing.frozen_until:
        until = moment_words(standing.frozen_until, zone, t)
        lines.append(t("Telegram asked for silence until {time}.", time=until))
    if standing.gap:
        first, last = (moment_words(one, zone, t) for one in standing.gap)
        lines.append(t("Messages may be lost from {begin} to {end}.", begin=first, end=last))
    lines += [
        t("Sent today: {n}.", n=standing.sent),
        t("Messages that wait to be sent: {n}.", n=sum(standing.waiting.values())),
        *(f"• {t(LANE_WORDS[lane])}: {n}" for lane, n in standing.waiting.items()),
        t("Nobody knows whether they arrived: {n}.", n=standing.unknown),
        t("Refused today: {n}.", n=sum(n for _, n in standing.refused)),
        *(f"• {t(why)}: {n}" for why, n in by_meaning(standing.refused)[:MOST_REASONS]),
        t("Linked phones: {n}; blocked: {blocked}.", n=standing.phones, blocked=standing.blocked),
        t("Messages from families that wait to be read: {n}.", n=standing.unread),
        t("Put aside because they could not be read: {n}.", n=standing.dead),
        t("Codes, buttons and updates turned away in seven days: {n}.", n=standing.turned_away),
    ]
    return Card("\n".join(lines))


def moment_words(moment: datetime, zone: ZoneInfo, t: Translator) -> str:
    """Write day and local time."""
    return f"{day_words(moment.astimezone(zone).date(), t)}, {time_words(moment, zone)}"


def undelivered(found: Sequence[Undelivered], week: str, t: Translator) -> list[Card]:
    """List class by class what did not arrive, why, and what comes instead."""
    if not found:
        return [Card(t("Telegram brought everything of this week that it was to bring."))]
    runs: list[Run] = []
    for title, students in groupby(found, key=lambda one: one.class_title):
        runs.append(Run(f"{title}\n", ("b",)))
        runs += [Run(f"• {_line(one, t)}\n") for one in students]
    parts = messages(runs, MOST_LETTERS)
    again = [one for one in found if one.phones]
    rows: tuple[tuple[Button, ...], ...] = tuple(
        (
            button(
                t("Send again: {name}", name=f"{one.given_name}, {one.class_title}"),
                Verb.RESEND,
                day_number(days_of(week)[0]),
                one.student,
            ),
        )
        for one in again[:MOST_STUDENTS]
    )
    if len(again) > 1:
        rows = (*rows, _to_all(len(again), week, t))
    return [*map(Card, parts[:-1]), Card(parts[-1], rows)]


def _line(one: Undelivered, t: Translator) -> str:
    subjects = ", ".join(t(subject_words(key)) for key in one.subjects)
    count = f"{t.n('{n} lesson', '{n} lessons', len(one.lessons))} ({subjects})"
    why = "; ".join(t(FAILURE_WORDS[reason]) for reason in one.reasons)
    ways = ", ".join(t(channel_words(way)) for way in one.next_ways)
    following = t("then: {ways}", ways=ways) if ways else t("no other way is planned")
    return (
        f"{one.given_name}: {count}; {why}; {following}"
        if why
        else (f"{one.given_name}: {count}; {following}")
    )


def resend_question(found: Sequence[Undelivered], week: str, t: Translator) -> Card:
    """Say to how many it would go, and ask."""
    if not found:
        return Card(t("Nobody with a linked phone lacks a message."))
    lessons = sum(len(one.lessons) for one in found)
    count = t.n("{n} lesson", "{n} lessons", lessons)
    ask = t.n(
        "To {n} student nothing came: {lessons}. Send again?",
        "To {n} students nothing came: {lessons}. Send again?",
        len(found),
        lessons=count,
    )
    return Card(ask, (_to_all(len(found), week, t),))


def _to_all(students: int, week: str, t: Translator) -> tuple[Button, ...]:
    label = t.n("Send again to {n} student", "Send again to {n} students", students)
    return (button(label, Verb.RESEND, day_number(days_of(week)[0])),)


def resent(students: int, t: Translator) -> Card:
    """Say to how many it goes once more."""
    if not students:
        return Card(t("Nobody with a linked phone lacks a message."))
    return Card(
        t.n(
            "It goes to {n} student once more within minutes.",
            "It goes to {n} students once more within minutes.",
            students,
        )
    )


def alarm(kind: AlarmKind, name: str, t: Translator) -> Card:
    """Tell of something that a coordinator should look at."""
    said = t(ALARM_WORDS[kind], name=escaped(name))
    return Card(f"{said}\n{t('The page Telegram of the console shows what can be done.')}")


def logs_missing(missing: Sequence[MissingLog], zone: ZoneInfo, t: Translator) -> Card:
    """Say whose log of what was aired has not come, and what to do."""
    since = max(one.since for one in missing)
    lines = [t("The log of what was aired had not come by {time}:", time=time_words(since, zone))]
    for one in missing:
        of = t("{n} of {all} lessons not reported", n=one.silent, all=one.planned)
        lines.append(f"• {escaped(one.station)}, {day_words(one.day, t)}: {of}")
    lines.append(t("Telephone the broadcaster. Until then nobody knows whether they were aired."))
    lines.append(t("Bring the log in the console under On air, What was aired."))
    return Card("\n".join(lines))


def how_to_emergency(t: Translator) -> Card:
    """Say how an emergency message is written."""
    return Card(
        "\n".join(
            (
                t("Write the message after the command, such as:"),
                t("/emergency The school is closed tomorrow because of frost."),
                t("A second coordinator must confirm it before it goes out."),
            )
        )
    )


def nobody_to_confirm(t: Translator) -> Card:
    """Say that one person alone cannot send an emergency message."""
    words = t("No second coordinator has linked a phone, so nobody could confirm it.")
    return Card(f"{words}\n{t('Nothing was sent.')}")


def to_whom(words: str, grades: Sequence[int], classes: Mapping[int, str], t: Translator) -> Card:
    """Ask to whom an emergency message goes."""
    rows: list[tuple[Button, ...]] = [
        (button(t("To the whole school"), Verb.EMERGENCY_TO, SCHOOL, 0),)
    ]
    by_grade = [button(t("Grade {n}", n=n), Verb.EMERGENCY_TO, GRADE, n) for n in grades]
    rows += [tuple(by_grade[at : at + 3]) for at in range(0, len(by_grade), 3)]
    by_class = [
        button(title, Verb.EMERGENCY_TO, CLASS, number) for number, title in classes.items()
    ]
    rows += [tuple(by_class[at : at + 4]) for at in range(0, len(by_class), 4)]
    rows.append((button(t("Cancel"), Verb.EMERGENCY_NO, 0),))
    quoted = f"<blockquote>{escaped(words)}</blockquote>"
    return Card(f"{quoted}\n{t('To whom does this go?')}", tuple(rows))


def scope_words(grade: int | None, class_title: str, t: Translator) -> str:
    """Say to whom a message goes."""
    if class_title:
        return t("class {title}", title=class_title)
    return t("grade {n}", n=grade) if grade else t("the whole school")


def confirm(number: int, words: str, scope: str, phones: int, t: Translator) -> Card:
    """Ask a second coordinator to let an emergency message go out."""
    head = t(
        "A coordinator of your school wants to send an emergency message to {scope}.", scope=scope
    )
    count = t.n("It would reach {n} phone.", "It would reach {n} phones.", phones)
    text = f"{head}\n<blockquote>{escaped(words)}</blockquote>\n{count}"
    rows = (
        (button(t("Send it now"), Verb.EMERGENCY_YES, number),),
        (button(t("Do not send it"), Verb.EMERGENCY_NO, number),),
    )
    return Card(text, rows)


def proposed(scope: str, minutes: int, t: Translator) -> Card:
    """Say that a second coordinator was asked."""
    asked = t("The other coordinators are asked. It goes to {scope}.", scope=scope)
    limit = t.n(
        "After {n} minute without an answer it is dropped.",
        "After {n} minutes without an answer it is dropped.",
        minutes,
    )
    return Card(f"{asked}\n{limit}")


def emergency(words: str, t: Translator) -> Card:
    """Write an emergency message to a family."""
    return Card(f"<b>{t('Urgent message of the school')}</b>\n\n{escaped(words)}")


def emergency_sent(phones: int, t: Translator) -> Card:
    """Say that an emergency message goes out."""
    return Card(t.n("It goes to {n} phone now.", "It goes to {n} phones now.", phones))


def emergency_dropped(t: Translator) -> Card:
    """Say that an emergency message does not go out."""
    return Card(t("It does not go out."))


def emergency_over(t: Translator) -> Card:
    """Say that there is nothing to confirm any more."""
    return Card(t("This message was sent already, was dropped, or waited too long."))


def needs_another(t: Translator) -> str:
    """Say that the same person cannot confirm."""
    return t("Another coordinator has to confirm it, not you.")
