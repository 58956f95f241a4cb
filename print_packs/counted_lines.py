"""How many lines words take before anything is drawn: letters are counted, not measured."""


def lines_of(letters: int, wide: int) -> int:
    """Return how many lines of ``wide`` letters so many letters fill."""
    return -(-letters // wide)


def first_lines(words: list[str], wide: int, lines: int) -> tuple[list[str], list[str]]:
    """Return the words that fill so many lines, and the rest; a word may be longer than a page."""
    room, here = wide * max(lines, 1), 0
    for count, word in enumerate(words):
        here += len(word) + 1
        if here > room:
            if count:
                return words[:count], words[count:]
            return [word[: room - 1]], [word[room - 1 :], *words[1:]]
    return words, []
