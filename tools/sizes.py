"""How big the code is: functions, files, tests against code, broad excepts. Run it for a report."""

import ast
import io
import statistics
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOTS = ("jetkiz", "bot", "scheduler", "print_packs", "broadcast")
BESIDE = ("tests", "tools", "benchmarks")
# Alembic writes most of a migration: its length says nothing about anybody's style.
GENERATED = "migrations/versions"
NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
NO_CODE |= {tokenize.ENCODING, tokenize.ENDMARKER}


@dataclass(frozen=True, slots=True)
class Function:
    """A function and the number of lines from its `def` to its last."""

    where: str
    lines: int


def python_files(*roots: str) -> list[Path]:
    """The hand-written files below some folders."""
    files = [file for root in roots for file in sorted(Path(root).rglob("*.py"))]
    return [file for file in files if GENERATED not in file.as_posix()]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one file tells of itself: its functions (inner ones too), its names, what it catches."""

    functions: tuple[Function, ...]
    names: frozenset[str]
    # Where `except Exception`, `except BaseException` or a bare `except` stands.
    broad_excepts: tuple[str, ...]
    docstring: str


@cache
def facts_of(file: Path) -> Facts:
    """Read a file once for all who ask: the parsed trees of all files would fill the memory."""
    tree = ast.parse(file.read_text("utf-8"))
    nodes = list(ast.walk(tree))
    return Facts(
        tuple(_functions(file, nodes)),
        frozenset(_names(nodes)) | {file.stem},
        tuple(
            f"{file}:{node.lineno}"
            for node in nodes
            if isinstance(node, ast.ExceptHandler) and _is_broad(node.type)
        ),
        ast.get_docstring(tree) or "",
    )


def _functions(file: Path, nodes: list[ast.AST]) -> Iterator[Function]:
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Function(f"{file}:{node.lineno} {node.name}", lines)


def _names(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        for attribute in ("id", "attr", "arg", "name"):
            name = getattr(node, attribute, None)
            if isinstance(name, str):
                yield name


def code_lines(file: Path) -> int:
    """Lines that carry more than a comment or a docstring."""
    source = file.read_text("utf-8")
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    lines = {
        line
        for token in tokens
        if token.type not in NO_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(lines - _docstring_lines(ast.parse(source)))


def _docstring_lines(tree: ast.Module) -> set[int]:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            words = node.body[0]
            lines.update(range(words.lineno, (words.end_lineno or words.lineno) + 1))
    return lines


def _is_broad(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    names = {each.id for each in kinds if isinstance(each, ast.Name)}
    return kind is None or bool(names & {"Exception", "BaseException"})


def percentile(numbers: list[int], share: float) -> int:
    """The number below which that share of all numbers lies."""
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> int:
    """Print the measures that architecture reviews compare."""
    product = python_files(*ROOTS)
    lengths = [function.lines for file in product for function in facts_of(file).functions]
    files = [n for n in (len(file.read_text("utf-8").splitlines()) for file in product) if n]
    code = sum(code_lines(file) for file in product)
    tests = sum(code_lines(file) for file in python_files("tests"))
    for name, numbers in (("function lines", lengths), ("file lines", files)):
        middle, high = statistics.median(numbers), percentile(numbers, 0.9)
        print(f"{name}: median {middle:g}, p90 {high}, most {max(numbers)}")
    print(f"code lines: {code} in the product, {tests} in tests (ratio {tests / code:.2f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
