"""Which channels a stream may be aired on, and which together reach all its regions."""

from dataclasses import dataclass

from broadcast.problem.model import Lesson, Medium, Problem, Stream


@dataclass(frozen=True, slots=True)
class Reach:
    """``channels`` may carry a stream; a first run needs one of ``covers`` whole.

    Each cover is one channel that reaches every region, or else the few that do so together. No
    cover: ``missed`` names the regions that no channel reaches.
    """

    channels: tuple[int, ...]
    covers: tuple[tuple[int, ...], ...]
    missed: tuple[str, ...] = ()


def reach_of(problem: Problem, stream: Stream) -> Reach:
    """Match language, medium and regions."""
    able = tuple(
        number
        for number, channel in enumerate(problem.channels)
        if channel.medium == stream.medium
        and stream.language in channel.languages
        and not set(stream.regions).isdisjoint(channel.regions)
    )
    reached = {region for number in able for region in problem.channels[number].regions}
    missed = tuple(sorted(set(stream.regions) - reached))
    if missed or not able:
        return Reach(able, (), missed)
    whole = [n for n in able if set(stream.regions) <= set(problem.channels[n].regions)]
    covers = tuple((n,) for n in whole) or (_together(problem, stream, able),)
    return Reach(able, covers)


def _together(problem: Problem, stream: Stream, able: tuple[int, ...]) -> tuple[int, ...]:
    """Take the channel that reaches most of what is not reached yet, until all is."""
    left = set(stream.regions)
    chosen: list[int] = []
    while left:
        best = max(able, key=lambda n: (len(left & set(problem.channels[n].regions)), -n))
        left -= set(problem.channels[best].regions)
        chosen.append(best)
    for number in list(chosen):
        others = {r for n in chosen if n != number for r in problem.channels[n].regions}
        if set(stream.regions) <= others:
            chosen.remove(number)
    return tuple(sorted(chosen))


def carries(problem: Problem, channel: int, lesson: Lesson) -> bool:
    """Return False for a lesson that needs a picture on a station that has none."""
    return not lesson.needs_picture or problem.channels[channel].medium == Medium.TV
