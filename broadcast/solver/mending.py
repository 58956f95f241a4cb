"""A place for a lesson that its template day has none for: one by one, the dearest first."""

from broadcast.problem.model import Lesson, Policy, Stream
from broadcast.solver.board import Board, Placed
from broadcast.solver.crowding import Crowding
from broadcast.solver.masks import UNIT, bits, stretch


def mend(board: Board, crowding: Crowding) -> None:
    """Place what is left where it parts fewest homes; what finds no place stays off the board."""
    problem = board.problem
    for lesson in sorted(board.first):
        _reach_the_rest(board, crowding, lesson)
    left = [number for number in range(len(problem.lessons)) if number not in board.first]
    left.sort(
        key=lambda n: (
            -worth(problem.lessons[n], problem.streams[board.stream_of[n]], problem.policy),
            board.chained_at[n],
            n,
        )
    )
    for lesson in left:
        for placed in best_places(board, crowding, lesson):
            crowding.add(placed)


def _reach_the_rest(board: Board, crowding: Crowding, lesson: int) -> None:
    """Add first runs for regions that one which was agreed does not reach."""
    channels = board.problem.channels
    missing = set(board.problem.streams[board.stream_of[lesson]].regions)
    for placed in board.first[lesson]:
        missing -= set(channels[placed.channel].regions)
    for channel in board.reaches[board.stream_of[lesson]].channels if missing else ():
        if missing & set(channels[channel].regions):
            found = _cheapest(board, crowding, lesson, [channel])
            if found:
                board.place(found)
                crowding.add(found)
                missing -= set(channels[channel].regions)


def worth(lesson: Lesson, stream: Stream, policy: Policy) -> float:
    """Return what airing a lesson is worth: by the planner, else by grade and who is alone."""
    if lesson.value is not None:
        return lesson.value
    is_dear = not {*policy.first_grades, *policy.exam_grades}.isdisjoint(stream.grades)
    return (1 + stream.alone / (stream.students or 1)) * (2 if is_dear else 1)


def best_places(board: Board, crowding: Crowding, lesson: int) -> list[Placed]:
    """Put the first runs of a lesson on the board; nothing when some region would go without."""
    covers = board.reaches[board.stream_of[lesson]].covers
    if len(covers) > 1 or (covers and len(covers[0]) == 1):
        channels = [channel for cover in covers for channel in cover]
        found = _cheapest(board, crowding, lesson, channels)
        if found:
            board.place(found)
        return [found] if found else []
    done: list[Placed] = []
    for channel in covers[0] if covers else ():
        found = _cheapest(board, crowding, lesson, [channel])
        if found is None:
            for placed in done:
                board.take_off(placed)
            return []
        board.place(found)
        done.append(found)
    return done


def _cheapest(board: Board, crowding: Crowding, lesson: int, channels: list[int]) -> Placed | None:
    """Return the place that parts fewest homes; among equals one beside lessons of the stream."""
    best: tuple[float, int, int] | None = None
    for channel in channels:
        for unit in bits(board.first_starts(lesson, channel)):
            price = crowding.price(lesson, unit) + _splits(board, crowding, lesson, unit)
            if (best is None or (price, unit, channel) < best) and board.rests(lesson, unit):
                best = price, unit, channel
    return Placed(lesson, best[2], best[1]) if best else None


def _splits(board: Board, crowding: Crowding, lesson: int, unit: int) -> float:
    """Return the price of a second block on a day, in crossings of the homes of a stream."""
    stream = board.stream_of[lesson]
    row = crowding.crossing[stream]
    near = stretch(max(0, unit - 1), board.length[lesson] + 2)
    if board.runs[stream] & near:
        return 0.0
    middle = sum(row) / max(1, len(row))
    return board.problem.policy.split_weight * middle / (60 / UNIT)
