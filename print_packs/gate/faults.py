"""What can be wrong with a drawn pack, and how a person is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jetkiz.i18n import N_
from jetkiz.i18n.kept_words import Fact, Words

NOT_SOUND: Final = N_("the file is damaged: {told}")
PAGES: Final = N_("it has {found} pages and should have {wanted}")
CHANGED: Final = N_("its pages are not those that were drawn, or not in their order")
NO_SUCH_FORM: Final = N_("the page shows something that is not in the file ({name})")
OTHER_LESSON: Final = N_("another page stands where this page of a lesson belongs ({name})")
NO_WORDS: Final = N_("words that belong on the page are not there, in {n} places")
NO_CODE: Final = N_("a mark cannot be read on the page")
EMPTY: Final = N_("the page is empty")
NOT_DRAWN: Final = N_("the page cannot be drawn: {told}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: of which pack, on which of its pages (0 for all), and what it is.

    ``pack`` is the pack's name; empty where it is the whole file.
    """

    pack: str
    place: int
    page: int
    words: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> Words:
        """The sentence that names pack and page."""
        facts: dict[str, Fact] = {
            "pack": self.place,
            "reason": (Words(self.words, facts=self.facts),),
        }
        if not self.page:
            return Words(N_("Pack {pack} is held back: {reason}."), facts=facts)
        return Words(
            N_("Pack {pack}, page {page}, is held back: {reason}."),
            facts=facts | {"page": self.page},
        )
