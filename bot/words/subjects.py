"""How the subjects are called in the chat; an unknown one keeps the name the school gave it."""

from typing import Final

from jetkiz.i18n import N_, Translator

SUBJECTS: Final = {
    "mathematics": N_("Mathematics"),
    "reading": N_("Reading"),
    "nature": N_("Nature study"),
    "english": N_("English"),
    "kazakh": N_("Kazakh"),
    "russian": N_("Russian"),
}


def subject_name(subject: str, t: Translator) -> str:
    """Return the subject's name in the reader's language."""
    return t(SUBJECTS.get(subject, subject))
