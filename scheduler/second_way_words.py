"""How second ways are told to people: which stand ready, which took over, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from jetkiz.channel import channel_words
from jetkiz.delivery.model import StudentPlan
from jetkiz.delivery.reasons import FAILURE_WORDS
from jetkiz.i18n import N_, Translator
from scheduler.falling_back import Order
from scheduler.rules.fallback_firing import Cause

CAUSE_WORDS: Final = {
    Cause.FAILED: N_("it failed for good"),
    Cause.CLOSED: N_("it no longer reaches this home"),
    Cause.LATE: N_("by the evening of the day no carrier had taken it"),
}


def fallback_in(plans: Sequence[StudentPlan], student: int, lesson: int) -> str | None:
    """Return the second way that a plan has for a lesson of a student."""
    for one in plans:
        if one.student == student and one.fallbacks and lesson in one.lessons:
            return one.fallbacks[one.lessons.index(lesson)]
    return None


def fallback_line(fallback: str | None, t: Translator) -> str:
    """Say what takes over if the way of the plan fails."""
    if fallback is None:
        return t("If this fails, nothing else could still come in time.")
    return t("If this fails, it goes this way: {channel}.", channel=t(channel_words(fallback)))


def ready_line(plans: Sequence[StudentPlan], t: Translator) -> str:
    """Say for how many lessons of a plan a second way stands ready."""
    planned = sum(choice.channel is not None for one in plans for choice in one.choices)
    ready = sum(name is not None for one in plans for name in one.fallbacks)
    return t("A second way stands ready for {n} of {m} lessons.", n=ready, m=planned)


def cause_line(one: Order, t: Translator) -> str:
    """Say which way failed and why, for a lesson that goes its second way."""
    words = CAUSE_WORDS[one.cause]
    if one.cause != Cause.LATE and one.reason:
        words = FAILURE_WORDS[one.reason]
    return t(
        "takes over from {channel}: {reason}",
        channel=t(channel_words(one.from_channel)),
        reason=t(words),
    )


def order_lines(orders: Sequence[Order], names: Mapping[int, str], t: Translator) -> list[str]:
    """Say which second ways took over, a line for each student, pair of ways and cause."""
    if not orders:
        return [t("No second way was needed so far.")]
    students = len({one.student for one in orders})
    lines = [
        t(
            "Second ways that took over: {lessons}, {students}.",
            lessons=t.n("{n} lesson", "{n} lessons", len(orders)),
            students=t.n("{n} student", "{n} students", students),
        )
    ]
    groups = Counter((one.student, one.to_channel, cause_line(one, t)) for one in orders)
    for (student, channel, why), count in groups.items():
        lines.append(
            t(
                "{student}: {lessons} by {channel}; {why}.",
                student=names.get(student) or str(student),
                lessons=t.n("{n} lesson", "{n} lessons", count),
                channel=t(channel_words(channel)),
                why=why,
            )
        )
    return lines
