"""In which language paper speaks beside the lessons: for a run the one that most of its homes read.

It depends on the homes alone, not on who types the command: made again, the files are the same.
"""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, select

from jetkiz.i18n import LANGUAGES
from jetkiz.roster.tables import household
from print_packs.tables import pack


def language_of(homes: Iterable[str]) -> str:
    """Return the language that most packs have; of two as frequent, the one named first.

    ``homes`` is the language of each pack, ``kk``, ``ru`` or ``en``, in any order; of none it is
    Kazakh.
    """
    counts = Counter(homes)
    return max(LANGUAGES, key=lambda one: counts[one])


def language_of_run(connection: Connection, run: int) -> str:
    """Return the language of a run that was made, from the homes whose packs it holds."""
    joined = pack.join(household, household.c.id == pack.c.household_id)
    query = select(household.c.language).select_from(joined)
    return language_of(
        connection.scalars(query.where(pack.c.run_id == run, pack.c.held_back == ""))
    )
