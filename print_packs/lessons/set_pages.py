"""A lesson that was set: what a process must know of it to show its pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LessonPages:
    """A lesson as it is printed: the PDF and how many pages it has."""

    pdf: bytes
    pages: int
    name: str
    """The name under which its pages are shared: the same content, the same name."""
