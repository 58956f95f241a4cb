"""What people are told of an address: each flaw in words, and whose pack therefore goes by hand."""

from collections.abc import Iterable, Sequence

from jetkiz.i18n import N_, Translator, translator
from print_packs.model import Pack
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


def by_hand_for_their_address(packs: Sequence[Pack], t: Translator) -> list[str]:
    """Return a sentence for each pack that goes by hand because the post would refuse it."""
    return [
        t(
            N_("Household {key}: its pack goes by hand, the post would refuse it ({why})."),
            key=one.key,
            why=flaw_list(one.why_by_hand, t),
        )
        for one in packs
        if one.why_by_hand
    ]
