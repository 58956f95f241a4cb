"""What people are told of an address: each flaw in words."""

from collections.abc import Iterable

from jetkiz.i18n import Translator, translator
from print_packs.post.address_checks import FLAW_WORDS, CheckedAddress, Finding, Flaw


def told(finding: Finding, t: Translator) -> str:
    """Return a flaw in words."""
    return t(FLAW_WORDS[finding.flaw], said=finding.said)


def told_all(checked: CheckedAddress, t: Translator) -> str:
    """Return every flaw of an address that nobody has let pass."""
    return "; ".join(told(one, t) for one in checked.open)


def flaw_list(flaws: Iterable[str], t: Translator) -> str:
    """Return flaws as they are kept with a pack, in words."""
    return "; ".join(told(Finding(Flaw(one)), t) for one in flaws)


def flaw_list_in_both(flaws: Iterable[str]) -> str:
    """Return flaws as a form has them: in Kazakh and in Russian."""
    found = list(flaws)
    return " / ".join(flaw_list(found, translator(language)) for language in ("kk", "ru"))
