"""The results of many runs as one table and one file, and whether anything in it must not be."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = Path("build/chaos.json")
CODE = ("bot", "jetkiz", "tests/chaos")
HEADINGS = (
    *("run", "seed", "policy", "database", "lost", "doubled", "false", "probes", "seconds"),
    "breaches",
)
WIDTHS = (9, 5, 8, 11, 5, 8, 6, 7, 8, 0)

Which = tuple[str, int, str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """One run: which, with what, what came out and what of it must not be.

    ``doubled`` is whatever happened twice; of what comes in, an answer that came once more and
    says so is ``marked`` and no effect.
    """

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
    database: str = "sqlite"
    notes: tuple[str, ...] = ()

    @property
    def which(self) -> Which:
        """Return what tells this run from all others."""
        return self.kind, self.seed, self.policy, self.database

    def facts(self) -> dict[str, Any]:
        """This run as the file holds it."""
        facts = asdict(self)
        lost, doubled, false = facts.pop("lost"), facts.pop("doubled"), facts.pop("false_sent")
        sides = {f"{self.kind}_lost": lost, f"{self.kind}_doubled": doubled}
        return facts | sides | ({"false_sent": false} if self.kind == "outbound" else {})

    @classmethod
    def of(cls, facts: dict[str, Any]) -> "Result":
        """Return the run that the file holds."""
        kind = facts["kind"]
        rest = {name: facts[name] for name in cls.__dataclass_fields__ if name in facts}
        lists = {name: tuple(facts[name]) for name in ("breaches", "notes")}
        sides = {"lost": facts[f"{kind}_lost"], "doubled": facts[f"{kind}_doubled"]}
        return cls(**{"false_sent": 0} | rest | lists | sides)


def totals(results: Sequence[Result]) -> dict[str, dict[str, int]]:
    """The five counts, with and without the probe, which looks for answers to families too."""
    found = {}
    for name, policy in (("with_probe", "probe"), ("without_probe", "resend")):
        out = [one for one in results if (one.kind, one.policy) == ("outbound", policy)]
        inward = [one for one in results if (one.kind, one.policy) == ("inbound", policy)]
        found[name] = {
            "outbound_runs": len(out),
            "outbound_lost": sum(one.lost for one in out),
            "outbound_doubled": sum(one.doubled for one in out),
            "outbound_marked": sum(one.marked for one in out),
            "false_sent": sum(one.false_sent for one in out),
            "inbound_runs": len(inward),
            "inbound_lost": sum(one.lost for one in inward),
            "inbound_doubled": sum(one.doubled for one in inward),
            "inbound_marked": sum(one.marked for one in inward),
        }
    return found


def code_version(root: Path = ROOT, parts: Sequence[str] = CODE) -> str:
    """Return what changes with any line of the program or of the chaos itself."""
    mixed = hashlib.sha256()
    for file in sorted(one for part in parts for one in (root / part).rglob("*.py")):
        mixed.update(str(file.relative_to(root)).encode())
        mixed.update(file.read_bytes())
    return mixed.hexdigest()[:16]


def write(results: Sequence[Result], form: str, version: str, file: Path = FILE) -> None:
    """Write the file anew, in one piece: a run that is broken off leaves what it has."""
    file.parent.mkdir(parents=True, exist_ok=True)
    runs = [one.facts() for one in sorted(results, key=lambda one: (one.seed, *one.which))]
    body = {"code": version, "form": form, "total": totals(results), "runs": runs}
    beside = file.with_suffix(".new")
    beside.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
    beside.replace(file)


def read_broken_off(
    wanted: Collection[Which], form: str, version: str, file: Path = FILE
) -> list[Result]:
    """Return what an earlier run has done of this one; nothing of other code or of a whole one."""
    try:
        body = json.loads(file.read_text(encoding="utf-8"))
        if (body["code"], body["form"]) != (version, form):
            return []
        found = [Result.of(facts) for facts in body["runs"]]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return []
    done = [one for one in found if one.which in wanted]
    return done if len(done) < len(wanted) else []


def line(cells: Sequence[object]) -> str:
    """One line of the table."""
    return " ".join(str(one).ljust(width) for one, width in zip(cells, WIDTHS, strict=True))


def row(one: Result) -> str:
    """One run in the table; marked copies stand in brackets."""
    doubled = f"{one.doubled}" + (f" ({one.marked})" if one.marked else "")
    cells = (*one.which, one.lost, doubled, one.false_sent, one.probes)
    return line((*cells, f"{one.seconds:.0f}", ", ".join(one.breaches) or "-"))
