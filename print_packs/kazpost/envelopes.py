"""How a question to Kazpost's service is written and its answer read: SOAP 1.1, and no more of it.

An answer comes from outside. One that is too long, that declares entities, or that is no answer to
the question is refused as a whole; what is read are names and texts, whatever the namespace prefix.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE: Final = "http://webservices.kazpost.kz/postratesws"
MOST_BYTES: Final = 4_000_000
SUCCESS: Final = "0"

Field = tuple[str, "str | Iterable[Field]"]
"""A name with its text, or with the fields inside it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the service answered: its code and words, and every text by name, in order."""

    code: str
    words: str
    texts: Mapping[str, tuple[str, ...]]

    def first(self, *names: str) -> str:
        """Return the first text under one of these names, or nothing."""
        return next((self.texts[name][0] for name in names if name in self.texts), "")

    @property
    def is_success(self) -> bool:
        """True when the service says that it did what it was asked for."""
        return self.code == SUCCESS


def envelope(operation: str, fields: Iterable[Field]) -> bytes:
    """Return the question as the service takes it."""
    ET.register_namespace("soapenv", SOAP)
    ET.register_namespace("pos", NAMESPACE)
    root = ET.Element(f"{{{SOAP}}}Envelope")
    ET.SubElement(root, f"{{{SOAP}}}Header")
    body = ET.SubElement(root, f"{{{SOAP}}}Body")
    _add(body, [(f"{operation}Request", list(fields))])
    written: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return written


def _add(parent: ET.Element, fields: Iterable[Field]) -> None:
    for name, value in fields:
        child = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}")
        if isinstance(value, str):
            child.text = value
        else:
            _add(child, value)


class _NoEntities(ET.TreeBuilder):
    """A document that declares its own type could make a page of entities into gigabytes."""

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise garbled()


def garbled() -> JetkizError:
    """Say that an answer cannot be used; what stood in it is not repeated."""
    return JetkizError(
        N_("Kazpost's service answered something that cannot be read."),
        N_("Try again later; if it stays so, ask Kazpost whether the service has changed."),
    )


def read_reply(content: bytes, operation: str) -> Reply:
    """Return the answer to one operation; anything else is refused with a sentence."""
    if len(content) > MOST_BYTES:
        raise garbled()
    parser = ET.XMLParser(target=_NoEntities())  # noqa: S314 - no entities, and a limit of bytes
    try:
        parser.feed(content)
        root: ET.Element | None = parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise garbled() from error
    if root is None or root.tag != f"{{{SOAP}}}Envelope":
        raise garbled()
    wanted = f"{operation}Response"
    answers = [one for one in root.iterfind(f"{{{SOAP}}}Body/*") if _bare(one) == wanted]
    if len(answers) != 1:
        raise garbled()
    texts: dict[str, tuple[str, ...]] = {}
    for name, text in _texts(answers[0]):
        texts[name] = (*texts.get(name, ()), text)
    code = texts.get("ResponseCode", ("",))[0]
    if not code:
        # A fault says that the service broke off, not that it did nothing.
        raise garbled()
    return Reply(code, texts.get("ResponseText", ("",))[0], texts)


def _bare(one: ET.Element) -> str:
    return one.tag.rpartition("}")[2]


def _texts(one: ET.Element) -> Iterator[tuple[str, str]]:
    for each in one.iter():
        if len(each) == 0:
            yield _bare(each), (each.text or "").strip()
