"""What the subjects are called."""

from typing import Final

from jetkiz.i18n import N_

SUBJECTS: Final = {
    "reading": N_("Reading"),
    "kazakh": N_("Kazakh language"),
    "russian": N_("Russian language"),
    "english": N_("English language"),
    "mathematics": N_("Mathematics"),
    "nature": N_("Nature"),
}


def subject_words(subject: str) -> str:
    """Return the subject's name as a message id; an unknown subject speaks for itself."""
    return SUBJECTS.get(subject, subject)
