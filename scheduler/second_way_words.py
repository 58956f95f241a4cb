"""How second ways are told to people: which stand ready, which took over, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from jetkiz.channel import channel_words
from jetkiz.delivery.model import StudentPlan
from jetkiz.delivery.reasons import FAILURE_WORDS
from jetkiz.i18n import N_, Translator
from scheduler.explain import RESOURCE_WORDS
from scheduler.falling_back import Order
from scheduler.model import EVERYWHERE, PlanProblem
from scheduler.rules.channel_choice import Resource
from scheduler.rules.fallback_firing import Cause
from scheduler.second_ways import open_ways
from scheduler.second_ways_now import SECOND_WAYS

CAUSE_WORDS: Final = {
    Cause.FAILED: N_("it failed for good"),
    Cause.CLOSED: N_("it no longer reaches this home"),
    Cause.LATE: N_("by the evening of the day no carrier had taken it"),
    Cause.NO_ROOM: N_("there was no room left for it"),
}


def fallback_in(plans: Sequence[StudentPlan], student: int, lesson: int) -> str | None:
    """Return the second way that a plan has for a lesson of a student."""
    for one in plans:
        if one.student == student and one.fallbacks and lesson in one.lessons:
            return one.fallbacks[one.lessons.index(lesson)]
    return None


def without_room(
    problem: PlanProblem, student: int, lesson: int, channel: str, fallback: str | None
) -> str | None:
    """Return the better way that a lesson would have behind its first if there were room for it.

    None where there is no better one, and where a re-plan left the second way as it was.
    """
    if (student, lesson) in problem.standing:
        return None
    ways = open_ways(problem, student, lesson, channel)
    return ways[0].channel if ways and ways[0].channel != fallback else None


def fallback_line(fallback: str | None, crowded: str | None, t: Translator) -> str:
    """Say what takes over if the way of the plan fails, and which way has no room: ``crowded``."""
    if fallback is None and crowded is None:
        return t("If this fails, nothing else could still come in time.")
    if fallback is None:
        return t(
            "If this fails, nothing takes over: all that is kept for second ways is promised to "
            "others, and this would be the way: {channel}.",
            channel=t(channel_words(str(crowded))),
        )
    said = t("If this fails, it goes this way: {channel}.", channel=t(channel_words(fallback)))
    if crowded is None:
        return said
    return f"{said} " + t(
        "This would be better, but what is kept for second ways is promised to others: {channel}.",
        channel=t(channel_words(crowded)),
    )


def ready_line(plans: Sequence[StudentPlan], t: Translator) -> str:
    """Say for how many lessons of a plan a second way stands ready."""
    planned = sum(choice.channel is not None for one in plans for choice in one.choices)
    ready = sum(name is not None for one in plans for name in one.fallbacks)
    return t("A second way stands ready for {n} of {m} lessons.", n=ready, m=planned)


def room_lines(report: Mapping[str, Any], t: Translator) -> list[str]:
    """Say what second ways are counted for of what there is for them, where they use anything."""
    return [
        t(
            "{resource}: {counted:.1f} expected for second ways, room for {room:.1f}.",
            resource=t(RESOURCE_WORDS[Resource(one["resource"])])
            + ("" if one["key"] == EVERYWHERE else f" ({one['key']})"),
            counted=one["counted"],
            room=one["room"],
        )
        for one in report.get(SECOND_WAYS, [])
        if one["counted"]
    ]


def cause_line(one: Order, t: Translator) -> str:
    """Say which way failed and why, for a lesson that goes its second way."""
    words = CAUSE_WORDS[one.cause]
    if one.was_refused:
        return t(
            "does not take over from {channel}: {reason}",
            channel=t(channel_words(one.from_channel)),
            reason=t(words),
        )
    if one.cause != Cause.LATE and one.reason:
        words = FAILURE_WORDS[one.reason]
    return t(
        "takes over from {channel}: {reason}",
        channel=t(channel_words(one.from_channel)),
        reason=t(words),
    )


def order_lines(orders: Sequence[Order], names: Mapping[int, str], t: Translator) -> list[str]:
    """Say which second ways took over or were refused, a line for each student and cause."""
    if not orders:
        return [t("No second way was needed so far.")]
    taken = [one for one in orders if not one.was_refused]
    refused = [one for one in orders if one.was_refused]
    lines = [_how_many(N_("Second ways that took over: {lessons}, {students}."), taken, t)]
    if refused:
        words = N_("Second ways for which there was no room: {lessons}, {students}.")
        lines.append(_how_many(words, refused, t))
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


def _how_many(words: str, orders: Sequence[Order], t: Translator) -> str:
    students = len({one.student for one in orders})
    return t(
        words,
        lessons=t.n("{n} lesson", "{n} lessons", len(orders)),
        students=t.n("{n} student", "{n} students", students),
    )
