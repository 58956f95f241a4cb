"""The result of many runs as one table and one file, and whether anything in it must not be."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path("build/chaos.json")
HEADINGS = ("run", "seed", "policy", "lost", "doubled", "false", "probes", "seconds", "breaches")


@dataclass(frozen=True, slots=True)
class Result:
    """One run: which, with what, what came out and what of it must not be."""

    kind: str
    seed: int
    policy: str
    lost: int
    doubled: int
    marked: int
    false_sent: int
    probes: int
    seconds: float
    breaches: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """This run as the file holds it."""
        sides = {f"{self.kind}_lost": self.lost, f"{self.kind}_doubled": self.doubled}
        false = {"false_sent": self.false_sent} if self.kind == "outbound" else {}
        rest = {name: getattr(self, name) for name in ("marked", "probes", "seconds")}
        return (
            {"seed": self.seed, "policy": self.policy}
            | sides
            | false
            | rest
            | {"breaches": list(self.breaches)}
        )


def totals(results: Sequence[Result]) -> dict[str, dict[str, int]]:
    """The five counts, with and without the probe; what comes in knows no probe."""
    found = {}
    for name, policy in (("with_probe", "probe"), ("without_probe", "resend")):
        out = [one for one in results if one.kind == "outbound" and one.policy == policy]
        inward = [one for one in results if one.kind == "inbound"]
        found[name] = {
            "runs": len(out),
            "outbound_lost": sum(one.lost for one in out),
            "outbound_doubled": sum(one.doubled for one in out),
            "outbound_marked": sum(one.marked for one in out),
            "false_sent": sum(one.false_sent for one in out),
            "inbound_lost": sum(one.lost for one in inward),
            "inbound_doubled": sum(one.doubled for one in inward),
        }
    return found


def write(results: Sequence[Result], file: Path = FILE) -> None:
    """Write the file anew; a run that is broken off leaves what it has."""
    file.parent.mkdir(parents=True, exist_ok=True)
    body = {"total": totals(results), "runs": [one.facts() for one in results]}
    file.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")


def line(cells: Sequence[object]) -> str:
    """One line of the table."""
    widths = (9, 5, 10, 5, 8, 6, 7, 8)
    return " ".join(str(one).ljust(width) for one, width in zip(cells, (*widths, 0), strict=True))


def row(one: Result) -> str:
    """One run in the table; marked copies stand in brackets."""
    doubled = f"{one.doubled}" + (f" ({one.marked})" if one.marked else "")
    cells = (one.kind, one.seed, one.policy, one.lost, doubled, one.false_sent, one.probes)
    return line((*cells, f"{one.seconds:.0f}", ", ".join(one.breaches) or "-"))
