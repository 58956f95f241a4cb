"""Turns MarkdownV2 into text and formatting; a sign that is not escaped is refused."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from jetkiz.rehearsal.state.model import Json
from jetkiz.rehearsal.state.refusals import bad_request
from jetkiz.rehearsal.texts.text_entities import FormattedText, looks_like_address, utf16_length

RESERVED = "_*[]()~`>#+-=|{}.!"
MARKS = {
    "*": ("bold", "Bold"),
    "_": ("italic", "Italic"),
    "__": ("underline", "Underline"),
    "~": ("strikethrough", "Strikethrough"),
    "||": ("spoiler", "Spoiler"),
}
QUOTES = {"**>": "expandable_blockquote", ">": "blockquote"}


@dataclass(frozen=True, slots=True)
class OpenMark:
    """A mark that waits for its second half."""

    sign: str
    start: int
    place: int


@dataclass(slots=True)
class Sheet:
    """How far a text has been read."""

    source: str
    at: int = 0
    text: list[str] = field(default_factory=list)
    length: int = 0
    open: list[OpenMark] = field(default_factory=list)
    quote: tuple[str, int] | None = None
    entities: list[Json] = field(default_factory=list)

    def put(self, piece: str) -> None:
        self.text.append(piece)
        self.length += utf16_length(piece)

    def starts(self, sign: str) -> bool:
        return self.source.startswith(sign, self.at)

    def line_begins(self) -> bool:
        return self.at == 0 or self.source[self.at - 1] == "\n"

    def note(self, start: int, **facts: object) -> None:
        if self.length > start:
            self.entities.append({"offset": start, "length": self.length - start} | facts)

    def end_missing(self, name: str, place: int) -> Exception:
        offset = len(self.source[:place].encode())
        words = f"can't parse entities: Can't find end of {name} entity at byte offset {offset}"
        return bad_request(words)


def read_markdown_v2(source: str) -> FormattedText:
    sheet = Sheet(source)
    while sheet.at < len(source):
        if not read_quote(sheet):
            read_piece(sheet)
    end_quote(sheet)
    if sheet.open:
        last = sheet.open[-1]
        name = "TextUrl" if last.sign in {"[", "!["} else MARKS[last.sign][1]
        raise sheet.end_missing(name, last.place)
    return FormattedText("".join(sheet.text), sheet.entities)


def read_quote(sheet: Sheet) -> bool:
    """A quotation begins, goes on or ends at the beginning of a line."""
    if not sheet.line_begins():
        return False
    sign = next((sign for sign in QUOTES if sheet.starts(sign)), None)
    if sheet.quote is not None and sign != ">":
        end_quote(sheet)
    if sign is None:
        return False
    if sheet.quote is None:
        sheet.quote = (QUOTES[sign], sheet.length)
    sheet.at += len(sign)
    return True


def end_quote(sheet: Sheet) -> None:
    if sheet.quote is not None:
        kind, start = sheet.quote
        last_break = "".join(sheet.text).endswith("\n")
        if sheet.length - last_break > start:
            length = sheet.length - last_break - start
            sheet.entities.append({"offset": start, "length": length, "type": kind})
        sheet.quote = None


def read_piece(sheet: Sheet) -> None:
    sign = sheet.source[sheet.at]
    if sign == "\\" and sheet.at + 1 < len(sheet.source) and ord(sheet.source[sheet.at + 1]) < 127:
        sheet.put(sheet.source[sheet.at + 1])
        sheet.at += 2
    elif sign == "`":
        read_code(sheet)
    elif sheet.starts("![") or sign == "[":
        begin(sheet, "![" if sign == "!" else "[")
    elif sign == "]" and any(mark.sign in {"[", "!["} for mark in sheet.open):
        end_link(sheet)
    elif (mark := mark_at(sheet)) is not None:
        read_mark(sheet, mark)
    elif sign in RESERVED:
        raise bad_request(
            f"can't parse entities: Character '{sign}' is reserved and must be escaped "
            "with the preceding '\\'"
        )
    else:
        sheet.put(sign)
        sheet.at += 1


def mark_at(sheet: Sheet) -> str | None:
    """The longest mark here, but an open short one may end before a long one begins."""
    found = [sign for sign in ("||", "__", "*", "_", "~") if sheet.starts(sign)]
    if sheet.starts("___") and sheet.open and sheet.open[-1].sign == "_":
        return "_"
    return found[0] if found else None


def begin(sheet: Sheet, sign: str) -> None:
    sheet.open.append(OpenMark(sign, sheet.length, sheet.at))
    sheet.at += len(sign)


def read_mark(sheet: Sheet, sign: str) -> None:
    if not any(mark.sign == sign for mark in sheet.open):
        expandable = sheet.quote is not None and sheet.quote[0] == "expandable_blockquote"
        if sign == "||" and expandable and "\n" not in sheet.source[sheet.at + 2 :].strip("\n"):
            sheet.at += 2  # the end of an expandable quotation
            return
        begin(sheet, sign)
        return
    last = sheet.open[-1]
    if last.sign != sign:
        raise sheet.end_missing(MARKS.get(last.sign, ("", "TextUrl"))[1], last.place)
    sheet.open.pop()
    sheet.at += len(sign)
    sheet.note(last.start, type=MARKS[sign][0])


def read_code(sheet: Sheet) -> None:
    fence = "```" if sheet.starts("```") else "`"
    place, start = sheet.at, sheet.length
    sheet.at += len(fence)
    language = ""
    if fence == "```":
        line, newline, _rest = sheet.source[sheet.at :].partition("\n")
        if newline and line and not any(sign in line for sign in " `\t"):
            language = line
            sheet.at += len(line)
        sheet.at += sheet.starts("\n")
    while not sheet.starts(fence):
        if sheet.at >= len(sheet.source):
            name = "PreCode" if language else "Code" if fence == "`" else "Pre"
            raise sheet.end_missing(name, place)
        sheet.at += sheet.starts("\\") and sheet.at + 1 < len(sheet.source)
        sheet.put(sheet.source[sheet.at])
        sheet.at += 1
    sheet.at += len(fence)
    said = {"language": language} if language else {}
    sheet.note(start, type="pre" if fence == "```" else "code", **said)


def end_link(sheet: Sheet) -> None:
    last = sheet.open[-1]
    if last.sign not in {"[", "!["}:
        raise sheet.end_missing(MARKS[last.sign][1], last.place)
    sheet.open.pop()
    sheet.at += 1
    address = read_address(sheet, last) if sheet.starts("(") else ""
    if last.sign == "![":
        sheet.note(last.start, **special(address))
    elif looks_like_address(address):
        sheet.note(last.start, type="text_link", url=address)


def read_address(sheet: Sheet, link: OpenMark) -> str:
    sheet.at += 1
    address = ""
    while not sheet.starts(")"):
        if sheet.at >= len(sheet.source):
            words = "Can't find end of a URL at byte offset"
            offset = len(sheet.source[: link.place].encode())
            raise bad_request(f"can't parse entities: {words} {offset}")
        sheet.at += sheet.starts("\\") and sheet.at + 1 < len(sheet.source)
        address += sheet.source[sheet.at]
        sheet.at += 1
    sheet.at += 1
    return address


def special(address: str) -> Json:
    """What stands behind an exclamation mark: an emoji of a set, or a point in time."""
    try:
        parts = urlsplit(address)
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    except ValueError:
        given, parts = {}, urlsplit("")
    if (parts.scheme, parts.netloc) == ("tg", "emoji") and given.get("id", "").isdecimal():
        return {"type": "custom_emoji", "custom_emoji_id": given["id"]}
    if (parts.scheme, parts.netloc) == ("tg", "time") and given.get("unix", "").isdecimal():
        return {
            "type": "date_time",
            "unix_time": int(given["unix"]),
            "date_time_format": given.get("format", ""),
        }
    raise bad_request("can't parse entities: Custom emoji URL must have scheme tg")
