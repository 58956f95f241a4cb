"""Which weeks are planned alike: each distinct plan stands once, and a student names its number.

Rows are told apart by a hash and then compared byte for byte: two plans that only look alike would
send a child the wrong lessons.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.nation.plan_arrays import PlanArrays
from scheduler.solver.week_arrays import Counts, Ints

_SEED = 20_260_105
_PIECE = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class Templates:
    """The distinct plans [T]: program, and rows of bytes [T, W]; ``of`` [N] names each student's.

    ``channels`` holds 0 for none, else the place of the channel counted from 1, as do
    ``fallbacks`` [T, W], which have no bytes where nobody has a second way.
    """

    program: Ints
    channels: Counts
    reasons: Counts
    fallbacks: Counts
    of: Ints


def templates_of(program: Ints, plan: PlanArrays) -> Templates:
    """Find the distinct plans; they stand in the order of their content."""
    content = _content(program, plan)
    width = plan.channel.shape[1]
    first, of = distinct(content)
    rows = content[first]
    return Templates(
        program=program[first],
        channels=np.ascontiguousarray(rows[:, 4 : 4 + width]),
        reasons=np.ascontiguousarray(rows[:, 4 + width : 4 + 2 * width]),
        fallbacks=np.ascontiguousarray(rows[:, 4 + 2 * width :]),
        of=of,
    )


def _content(program: Ints, plan: PlanArrays) -> Counts:
    """Return all that makes a plan [N, bytes]: program, channels, reasons, second ways."""
    count, width = plan.channel.shape
    has_second = len(plan.fallback) == count and width > 0 and plan.fallback.shape[1] == width
    found = np.empty((count, 4 + (3 if has_second else 2) * width), dtype=np.uint8)
    found[:, :4] = program.astype(">u4").reshape(-1, 1).view(np.uint8).reshape(count, 4)
    np.add(plan.channel, 1, out=found[:, 4 : 4 + width], casting="unsafe")
    found[:, 4 + width : 4 + 2 * width] = plan.reason
    if has_second:
        np.add(plan.fallback, 1, out=found[:, 4 + 2 * width :], casting="unsafe")
    return found


def distinct(rows: Counts) -> tuple[NDArray[np.int64], Ints]:
    """Return a row of each distinct content, by content, and for each row its content's number."""
    hashed = _hashes(rows)
    order = np.argsort(hashed)
    in_order = hashed[order]
    is_new = np.concatenate([[True], in_order[1:] != in_order[:-1]])[: len(rows)]
    number = np.empty(len(rows), dtype=np.int32)
    number[order] = np.cumsum(is_new, dtype=np.int32) - 1
    first = order[is_new]
    if not _is_alike(rows, first, number):
        return _told_apart_by_content(rows)
    by_content = np.argsort(_sortable(rows[first]), kind="stable")
    place = np.empty(len(first), dtype=np.int32)
    place[by_content] = np.arange(len(first), dtype=np.int32)
    return first[by_content], place[number]


def _told_apart_by_content(rows: Counts) -> tuple[NDArray[np.int64], Ints]:
    """Sort whole rows: ten times slower, and needed once in a million years of nations."""
    _, first, number = np.unique(_sortable(rows), return_index=True, return_inverse=True)
    return first, number.astype(np.int32)


def _sortable(rows: Counts) -> NDArray[np.void]:
    wide = np.ascontiguousarray(rows)
    return wide.view(np.dtype((np.void, wide.shape[1]))).reshape(-1)


def _hashes(rows: Counts) -> NDArray[np.uint64]:
    """Return a number for each row: the sum of its words, each multiplied by a drawn odd number."""
    words = -(-rows.shape[1] // 8)
    factors = np.random.default_rng(_SEED).integers(0, 2**63, words, dtype=np.uint64) * 2 + 1
    found = np.empty(len(rows), dtype=np.uint64)
    for start in range(0, len(rows), _PIECE):
        piece = rows[start : start + _PIECE]
        padded = np.zeros((len(piece), words * 8), dtype=np.uint8)
        padded[:, : piece.shape[1]] = piece
        numbers = _mixed(padded.view("<u8"))
        found[start : start + _PIECE] = _mixed((numbers * factors).sum(axis=1, dtype=np.uint64))
    return found


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    found = (values ^ (values >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
    return found ^ (found >> np.uint64(29))


def _is_alike(rows: Counts, first: NDArray[np.int64], number: Ints) -> bool:
    return all(
        np.array_equal(rows[start : start + _PIECE], rows[first[number[start : start + _PIECE]]])
        for start in range(0, len(rows), _PIECE)
    )
