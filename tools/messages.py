"""Which texts a person may see: every message id in the code and in the templates.

`python -m tools.messages [FOLDER ...]` prints those that have no words yet.
"""

import ast
import io
import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from tools.sizes import ROOTS

# Calls whose first text is a message; `t.n` takes two, one and many.
MARKS = {"t", "_", "N_", "say"}
# Calls that take the message after the desk.
SECOND = {"confirm_or_stop"}
RULES = Path("print_packs/postage/postal_rules")


@dataclass(frozen=True, slots=True)
class Message:
    """A text as it stands in the code, and the plural that goes with it."""

    text: str
    plural: str
    where: str


@cache
def messages() -> tuple[Message, ...]:
    """Every message of the product, with the place where it was found."""
    found: list[Message] = []
    for root in ROOTS:
        for file in sorted(Path(root).rglob("*.py")):
            found += messages_of_code(file.read_text("utf-8"), str(file))
        for file in sorted(Path(root).rglob("*.html")):
            found += messages_of_template(file.read_text("utf-8"), str(file))
    for file in sorted(RULES.glob("*.toml")):
        found += messages_of_rules(file.read_text("utf-8"), str(file))
    return tuple(found)


def messages_of_rules(source: str, where: str) -> Iterator[Message]:
    """Where the rules of the post that are shipped come from: what a school writes is its own."""
    yield Message(tomllib.loads(source)["source"], "", where)


def messages_of_code(source: str, where: str) -> Iterator[Message]:
    """The messages of one Python file."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name, place = _called(node.func), f"{where}:{node.lineno}"
        if name == "n" and len(node.args) > 1:
            for one, many in zip(_texts(node.args[0]), _texts(node.args[1]), strict=False):
                yield Message(one, many, place)
        elif name in MARKS or (name in SECOND and len(node.args) > 1):
            for text in _texts(node.args[name in SECOND]):
                yield Message(text, "", place)


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _texts(node: ast.expr) -> list[str]:
    """The text itself, or both of `a if condition else b`."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return [node.value]
    return []


def messages_of_template(source: str, where: str) -> Iterator[Message]:
    """The messages of one Jinja template."""
    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        texts = [arg.value for arg in call.args if isinstance(arg, nodes.Const)]
        texts = [text for text in texts if isinstance(text, str)]
        place = f"{where}:{call.lineno}"
        if isinstance(call.node, nodes.Getattr) and call.node.attr == "n" and len(texts) > 1:
            yield Message(texts[0], texts[1], place)
        elif isinstance(call.node, nodes.Name) and call.node.name in MARKS and texts:
            yield Message(texts[0], "", place)


def main(folders: list[str]) -> int:
    """Print, ready to be pasted into a catalogue, what has no words yet."""
    for language in ("kk", "ru"):
        folder = Path("jetkiz/i18n/locale") / language / "LC_MESSAGES"
        known = {
            entry.id if isinstance(entry.id, str) else entry.id[0]
            for file in folder.glob("*.po")
            for entry in read_po(io.BytesIO(file.read_bytes()), locale=language)
        }
        print(f"# {language}")
        for message in messages():
            wanted = not folders or message.where.startswith(tuple(folders))
            if wanted and message.text not in known:
                known.add(message.text)
                print(f"\n#: {message.where}\nmsgid {json.dumps(message.text, ensure_ascii=False)}")
                print('msgstr ""')
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
