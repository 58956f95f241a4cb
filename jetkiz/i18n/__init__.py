"""The words of every screen, message and page in Kazakh, Russian and English."""

from jetkiz.i18n.catalogues import LANGUAGES, N_, Translator, translator

__all__ = ["LANGUAGES", "N_", "Translator", "translator"]
