"""Plain Python calls no compiled rule that has no door: that would end the whole process."""

import ast
from collections.abc import Iterator
from pathlib import Path

KERNEL = Path(__file__).parents[2] / "scheduler" / "solver" / "kernel"
COMPILED = {"compiled", "entered", "allocating", "inlined"}


def compiled_as(node: ast.stmt) -> str:
    """How a function is compiled; an empty text for plain Python."""
    if not isinstance(node, ast.FunctionDef):
        return ""
    marks = {one.id for one in node.decorator_list if isinstance(one, ast.Name)}
    return next(iter(marks & COMPILED), "")


def called_without_a_door(modules: dict[str, ast.Module]) -> Iterator[str]:
    """Yield what plain Python names of the rules that only compiled ones may call."""
    shut = {
        (module, node.name)
        for module, tree in modules.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and compiled_as(node) == "compiled"
    }
    for module, tree in modules.items():
        known = {name: (module, name) for _, name in shut} | {
            (one.asname or one.name): (str(node.module), one.name)
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for one in node.names
        }
        for node in tree.body:
            named = [] if compiled_as(node) else list(ast.walk(node))
            for one in named:
                if isinstance(one, ast.Name) and known.get(one.id) in shut:
                    yield f"{module}: {one.id}"


def rules() -> dict[str, ast.Module]:
    return {
        f"scheduler.solver.kernel.{file.stem}": ast.parse(file.read_text("utf-8"))
        for file in sorted(KERNEL.glob("*.py"))
    }


def test_plain_python_enters_by_doors() -> None:
    assert list(called_without_a_door(rules())) == []


def test_nobody_else_names_what_has_no_door() -> None:
    outside = [file for file in KERNEL.parent.parent.rglob("*.py") if KERNEL not in file.parents]
    texts = {str(file): file.read_text("utf-8") for file in outside}
    read = {name: ast.parse(text) for name, text in texts.items() if "solver.kernel" in text}
    assert read
    assert list(called_without_a_door(rules() | read)) == []


def test_a_call_past_the_door_is_found() -> None:
    trees = rules()
    engine = "scheduler.solver.kernel.engine"
    trees[engine].body += ast.parse(
        "from scheduler.solver.kernel.counting import answer_homes, _count\n"
        "def fast(desk):\n    answer_homes(desk)\n    _count(desk)\n"
    ).body
    assert list(called_without_a_door(trees)) == [f"{engine}: _count"]
