"""How a re-plan is told before anything is published: who moves, where to, and what it brings."""

from collections.abc import Mapping
from typing import Final

from jetkiz.i18n import Translator
from scheduler.replan_runs import Replanned
from scheduler.two_plans import Move, counted, moved_lines

_FIRST: Final = 10


def difference_lines(found: Replanned, names: Mapping[int, str], t: Translator) -> list[str]:
    """Say what would change, before anything is published."""
    if not found.is_new:
        return [
            t("Nothing has to change: plan {version} stands.", version=found.base.version),
        ]
    by_student: dict[int, list[Move]] = {}
    for one in found.moves:
        by_student.setdefault(one.student, []).append(one)
    students = t.n("{n} student", "{n} students", len(by_student))
    lines = [
        t(
            "Plan {version} changes plan {base} for {students}; everybody else keeps theirs.",
            version=found.run.version,
            base=found.base.version,
            students=students,
        )
    ]
    lines += moved_lines(counted(found.moves), t)
    for number, moves in list(by_student.items())[:_FIRST]:
        codes = ", ".join(found.problem.lessons[one.lesson].code for one in moves)
        lines.append(
            t("  {student}: {lessons}", student=names.get(number) or number, lessons=codes)
        )
    if len(by_student) > _FIRST:
        more = t.n("{n} student", "{n} students", len(by_student) - _FIRST)
        lines.append(t("  and {students} more.", students=more))
    before, after = found.base.report, found.run.report
    lines.append(
        t(
            "Expected to be received: {before:.1%}, then {after:.1%}; cost {was:.0f}, then "
            "{then:.0f} tenge.",
            before=before["expected_received"],
            after=after["expected_received"],
            was=before["cost_tenge"],
            then=after["cost_tenge"],
        )
    )
    return lines
