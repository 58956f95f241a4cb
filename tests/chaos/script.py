"""Which faults strike in a run: from a seed, about one request in sixteen, and two storms."""

import random

from jetkiz.rehearsal.running.faults import FaultKind, FaultScript, Moment, Rule

SENT = "sendMessage"
HANG = 0.4
LATE = 0.8
FEW = 100
STORM = 4.0
# Of each kind so many requests in a thousand; 64 in all.
SHARES = (
    (FaultKind.ERROR, Moment.BEFORE, 11),
    (FaultKind.ERROR, Moment.AFTER, 11),
    (FaultKind.HANG, Moment.BEFORE, 8),
    (FaultKind.HANG, Moment.AFTER, 9),
    (FaultKind.RESET, Moment.BEFORE, 8),
    (FaultKind.RESET, Moment.AFTER, 9),
    (FaultKind.LATE, Moment.BEFORE, 8),
)


def script_of(seed: int, deliveries: int) -> FaultScript:
    """The faults of a run; a storm begins at a third and at two thirds of the deliveries."""
    dice = random.Random(seed)
    storms = tuple(
        Rule(
            FaultKind.FLOOD,
            method=SENT,
            skip=deliveries * part // 3 + dice.randrange(max(deliveries // 12, 1)),
            span=STORM,
            retry_after=0,
        )
        for part in ((1, 2) if deliveries > FEW else (1,))
    )
    faults = tuple(
        Rule(
            kind,
            moment,
            times=None,
            chance=share / 1000,
            seconds=LATE if kind == FaultKind.LATE else HANG,
        )
        for kind, moment, share in SHARES
    )
    return FaultScript(storms + faults, seed)
