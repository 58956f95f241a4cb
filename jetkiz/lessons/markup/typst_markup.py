"""How a lesson's Markdown becomes a page: headings, lists, tables, pictures, nothing executable."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from markdown_it.tree import SyntaxTreeNode

from jetkiz.lessons.markup.markdown import DISPLAYED, FORMULA, SPOKEN, answer_label, markdown
from jetkiz.lessons.markup.spoken_formulas import spoken_formula
from jetkiz.lessons.markup.typst_formulas import typst_formula, widest_part
from jetkiz.lessons.markup.typst_text import literal, words

_TOO_WIDE: Final = 12
"""Letters beside each other that may be wider than a column of a table."""


def to_typst(text: str, pictures: Mapping[str, str], language: str = "", *, below: int = 0) -> str:
    """Turn Markdown into typst; ``pictures`` gives for each what typst draws it with.

    That is called with the words that describe it. With a language formulas have words, too.
    ``below`` is the level of the heading that stands above. HTML is shown as it was typed.
    """
    return _Writer(pictures, language, below).blocks(SyntaxTreeNode(markdown().parse(text)))


class _Writer:
    """Writes one lesson; a kind of node without a method of its own writes its children."""

    def __init__(self, pictures: Mapping[str, str], language: str, level: int) -> None:
        self._pictures = pictures
        self._language = language
        self._level = level
        self._kinds: dict[str, Callable[[SyntaxTreeNode], str]] = {
            "heading": self.heading,
            "paragraph": lambda n: f"{self.inner(n)}\n\n",
            "text": lambda n: words(n.content),
            "softbreak": lambda _: words(" "),
            "hardbreak": lambda _: "#linebreak();",
            "strong": lambda n: f"#strong[{self.inner(n)}];",
            "em": lambda n: f"#emph[{self.inner(n)}];",
            "code_inline": lambda n: f"#raw({literal(n.content)});",
            "code_block": self.code,
            "fence": self.code,
            "hr": lambda _: "#rule;\n",
            "blockquote": lambda n: f"#said[{self.blocks(n)}];\n",
            "bullet_list": lambda n: f"#list({self.items(n)});\n",
            "ordered_list": self.numbered,
            "image": self.picture,
            "link": self.link,
            "table": self.table,
            "s": lambda n: f"#strike[{self.inner(n)}];",
            FORMULA: self.formula,
        }

    def write(self, node: SyntaxTreeNode) -> str:
        return self._kinds.get(node.type, self.inner)(node)

    def inner(self, node: SyntaxTreeNode) -> str:
        return "".join(self.write(child) for child in node.children)

    def blocks(self, node: SyntaxTreeNode) -> str:
        return "\n".join(self.write(child) for child in node.children)

    def heading(self, node: SyntaxTreeNode) -> str:
        inside = self.inner(node)
        if not inside:
            return ""
        # A level left out, ## and then ####, would stop a reader that jumps from one to the next.
        self._level = min(int(node.tag[1:]), self._level + 1)
        return f"#heading(level: {self._level})[{inside}];\n"

    def formula(self, node: SyntaxTreeNode) -> str:
        spoken = formula_words(node, self._language) if self._language else ""
        inline = typst_formula(node.content, spoken=spoken)
        can_break = widest_part(node.content) < _TOO_WIDE
        if node.markup != DISPLAYED:
            return inline if can_break else f"#inline[{inline}];"
        # Wider than its place it is broken as a sentence is or made smaller: nothing is lost.
        whole = typst_formula(node.content, displayed=True, spoken=spoken)
        broken = f"[{inline}]" if can_break else "none"
        return f"#displayed([{whole}], {broken});"

    def items(self, node: SyntaxTreeNode) -> str:
        return ", ".join(f"[{self.blocks(item)}]" for item in node.children)

    def numbered(self, node: SyntaxTreeNode) -> str:
        start = int(node.attrs.get("start", 1))
        if len(node.children) == 1:
            # Answers written in one line, "1) 5; 2) 8", are no list: they stay as they were typed.
            return f"{words(f'{start}{node.markup} ')}{self.blocks(node.children[0])}"
        return f"#enum(start: {start}, {self.items(node)});\n"

    def code(self, node: SyntaxTreeNode) -> str:
        answer = _answer(node)
        if answer is not None:
            # A hidden answer stands upside down on paper, as in any book of riddles.
            return f"#turned[{self._answer(answer)}];\n"
        return f"#raw(block: true, {literal(node.content)});\n"

    def _answer(self, text: str) -> str:
        return to_typst(text, self._pictures, self._language, below=self._level)

    def picture(self, node: SyntaxTreeNode) -> str:
        return f"#{self._pictures[picture_name(node)]}({literal(picture_words(node))});"

    def link(self, node: SyntaxTreeNode) -> str:
        address = str(node.attrs.get("href", ""))
        shown = "".join(child.content for child in _texts(node))
        behind = "" if shown in address else words(f" ({address})")
        return f"#underline[{self.inner(node)}];{behind}"

    def table(self, node: SyntaxTreeNode) -> str:
        rows = [
            [f"[{self.inner(cell)}]" for cell in row.children]
            for part in node.children
            for row in part.children
        ]
        head, body = rows[0], [cell for row in rows[1:] for cell in row]
        cells = [f"table.header({', '.join(head)})", *body]
        table = f"table(columns: {len(head)}, {', '.join(cells)})"
        return f"#narrow({len(head)}, {_letters_across(node)}, {table});\n"


def _letters_across(table: SyntaxTreeNode) -> int:
    """How many letters the longest words of the columns need beside each other."""
    rows = [row.children for part in table.children for row in part.children]
    return sum(
        max(
            (len(word) for cell in column for one in _texts(cell) for word in one.content.split()),
            default=0,
        )
        for column in zip(*rows, strict=True)
    )


def _texts(node: SyntaxTreeNode) -> Iterable[SyntaxTreeNode]:
    return (child for child in node.walk() if child.type == "text")


def picture_name(node: SyntaxTreeNode) -> str:
    """Return the file name that a picture in the text names."""
    return str(node.attrs.get("src", ""))


def picture_words(node: SyntaxTreeNode) -> str:
    """Return the words that describe a picture."""
    return " ".join("".join(child.content for child in _texts(node)).split())


def formula_words(node: SyntaxTreeNode, language: str) -> str:
    """Return how a formula is read aloud: in the teacher's words, else in ours."""
    return str(node.meta.get(SPOKEN, "")) or spoken_formula(node.content, language)


def picture_names(text: str) -> dict[str, str]:
    """Return the pictures that a text shows, each with the words that describe it."""
    found = {}
    for node in SyntaxTreeNode(markdown().parse(text)).walk():
        if node.type == "image":
            found[picture_name(node)] = picture_words(node)
        elif (answer := _answer(node)) is not None:
            found |= picture_names(answer)
    return found


def _answer(node: SyntaxTreeNode) -> str | None:
    """Return a hidden answer as it stands on the page; None for what is none."""
    label = answer_label(node.info) if node.type == "fence" else None
    return None if label is None else f"**{label}:** {node.content}"
