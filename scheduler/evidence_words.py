"""The words that tell what past weeks made of a channel's likelihood."""

from datetime import date

from babel.dates import format_date

from jetkiz.i18n import Translator
from scheduler.model import Option


def answer_words(option: Option, t: Translator) -> str:
    """Say the fact that decides whether a channel reaches the home, then what experience says."""
    test = t(option.test, **option.facts)
    if not option.evidence:
        return test
    return t("{test}; learned: {evidence}", test=test, evidence=evidence_words(option, t))


def evidence_words(option: Option, t: Translator) -> str:
    """Say what experience says; empty where it says nothing."""
    facts = dict(option.evidence_facts)
    if "since" in facts:
        day = date.fromisoformat(facts["since"])
        facts["since"] = format_date(day, "long", locale=t.language)
    return t(option.evidence, **facts) if option.evidence else ""
