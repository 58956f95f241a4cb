"""What becomes of circles on the sample's paper: proposals, of which the teacher accepts one."""

from sqlalchemy import Connection, select

from jetkiz.demo.stage import Stage
from jetkiz.demo.teachers import TEACHER
from jetkiz.homework.tables import homework_return
from jetkiz.i18n import N_
from jetkiz.roster.register import read_names
from print_packs.quizzes.doubts import DOUBT_WORDS, Doubt
from print_packs.quizzes.proposals import Proposal, decide, read_proposals


def accept_quizzes(stage: Stage) -> None:
    """Say what was read of each sheet; the teacher accepts the first clear one."""
    now = stage.move_to("fri", "18:30")
    with stage.workplace.database.read() as connection:
        proposals = read_proposals(connection)
        names = {n: one.short for n, one in read_names(connection).items()}
        places = _places(connection)
    for one in proposals:
        stage.say(
            N_("{who}: {right} of {n} right, as read. {doubts}Console: {place}"),
            who=names[one.student],
            right=one.right,
            n=len(one.answers),
            doubts=_doubts(stage, one),
            place=places[one.student, one.lesson],
        )
    clear = next((one for one in proposals if not one.in_doubt), None)
    if clear is None:
        return
    with stage.workplace.database.write() as connection:
        decide(connection, clear, clear.shown, TEACHER, now)
    stage.say(
        N_("The teacher accepts what was read of {who}; the others wait."),
        who=names[clear.student],
    )


def _places(connection: Connection) -> dict[tuple[int, int], str]:
    c = homework_return.c
    rows = connection.execute(select(c.student_id, c.lesson_id, c.id).order_by(c.version))
    return {(row.student_id, row.lesson_id): f"/homework/{row.id}" for row in rows}


def _doubts(stage: Stage, one: Proposal) -> str:
    """Say of each answer in doubt why a person must look at it."""
    return "".join(
        stage.t(
            N_("In doubt, question {n}: {why}. "), n=number, why=stage.t(DOUBT_WORDS[Doubt(said)])
        )
        for number, said in enumerate(one.doubts, start=1)
        if said
    )
