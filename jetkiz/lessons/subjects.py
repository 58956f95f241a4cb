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
    "geography": N_("Geography"),
    "biology": N_("Biology"),
    "physics": N_("Physics"),
    "chemistry": N_("Chemistry"),
    "informatics": N_("Informatics"),
    "history": N_("History of Kazakhstan"),
    "world_history": N_("World history"),
    "kazakh_literature": N_("Kazakh literature"),
    "russian_literature": N_("Russian literature"),
    "art": N_("Art"),
    "music": N_("Music"),
    "technology": N_("Technology"),
}


def subject_words(subject: str) -> str:
    """Return the subject's name as a message id; an unknown subject speaks for itself."""
    return SUBJECTS.get(subject, subject)
