"""Somebody who tries every command and presses every button, each before a newly begun program."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bot.words.keyboards import Press, Verb
from tests.bot_family import Family

# These end what the others need: they are pressed where a story says so.
ENDS = frozenset(
    {
        *(Verb.FINISH, Verb.CANCEL, Verb.DROP, Verb.REMOVE, Verb.MOVE),
        *(Verb.REFUSE, Verb.NOT_US, Verb.PART, Verb.STOP, Verb.KEEP, Verb.ERASE),
    }
)
READ = frozenset({"text", "caption", "question", "explanation", "description", "html"})
Json = dict[str, Any]


@dataclass
class Crawl:
    """What one chat has tried: the buttons that it pressed and the verbs on them."""

    family: Family
    chat_id: int
    language: str
    tried: list[tuple[int, str]] = field(default_factory=list)
    verbs: set[Verb] = field(default_factory=set)
    since: int = 0

    def says(self, text: str, **more: Any) -> None:
        """Send words to a newly begun program; something has to come back."""
        self.family.restart()
        self.since = self.family.numbers
        before = self._shown()
        self.family.says(self.chat_id, text, **more)
        assert self._shown() != before, f"no word to {text!r}"

    def sends(self, sha256: str) -> None:
        """Send a photo to a newly begun program."""
        self.family.restart()
        self.family.sends(self.chat_id, sha256)

    def explores(self, *ends: Verb, often: int = 1) -> None:
        """Press what came since the last words, and what comes up then, until nothing is new.

        Each verb is pressed so ``often``; of those that end something only the ones named.
        """
        count: Counter[Verb] = Counter()
        while found := self._untried(count, often, ENDS - set(ends)):
            number, data, press = found
            count[press.verb] += 1
            self.presses(number, data)
            self.tried.append((number, data))
            self.verbs.add(press.verb)

    def press(self, *verbs: Verb) -> None:
        """Press the newest button of each verb in turn."""
        for verb in verbs:
            self.family.restart()
            self.family.press_verb(self.chat_id, verb)
            self.verbs.add(verb)

    def presses(self, number: int, data: str) -> None:
        """Press a button in front of a newly begun program; the press is answered once."""
        self.family.restart()
        screen = self.family.screens[self.chat_id]
        before = len(screen.answers)
        self.family.presses(self.chat_id, number, data)
        assert len(screen.answers) == before + 1, f"the press {data!r} was not answered once"

    def _untried(
        self, count: Counter[Verb], often: int, avoided: frozenset[Verb]
    ) -> tuple[int, str, Press] | None:
        """Return a button of the newest message that has one which nobody has pressed."""
        shown = self.family.screens[self.chat_id].buttons()
        for number, data, press in sorted(shown, key=lambda one: -one[0]):
            foreign = press.verb == Verb.LANGUAGE and press.word != self.language
            worn = (number, data) in self.tried or count[press.verb] >= often
            if number >= self.since and not (worn or foreign or press.verb in avoided):
                return number, data, press
        return None

    def _shown(self) -> Json:
        screen = self.family.screens.get(self.chat_id)
        return {} if screen is None else {str(n): dict(m) for n, m in screen.messages.items()}


def words_in(payload: Any) -> list[str]:
    """Return every text of a payload that a person reads."""
    if isinstance(payload, dict):
        own = [v for k, v in payload.items() if k in READ and isinstance(v, str)]
        return own + [word for value in payload.values() for word in words_in(value)]
    if isinstance(payload, list):
        return [word for one in payload for word in words_in(one)]
    return []
