"""Which truths held in many drawn lives of a state machine: one nobody looked at is no truth."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

CHECKED = "execute:invariant:"


def truths_that_held(
    life: type[RuleBasedStateMachine], *, lives: int, steps: int, **places: Any
) -> set[str]:
    """Let acts follow each other in any order; return the invariants that were checked between.

    Where a rule or an invariant of the machine does not hold, the shortest life that shows it
    fails the test. ``places`` become attributes of the machine: the database, a folder.
    """
    checked: set[str] = set()

    def check_invariants(self: RuleBasedStateMachine, *known: Any) -> None:
        life.check_invariants(self, *known)
        *_, times = known
        checked.update(name.removeprefix(CHECKED) for name in times if name.startswith(CHECKED))

    run_state_machine_as_test(
        type(life.__name__, (life,), places | {"check_invariants": check_invariants}),
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return checked
