"""Whether a database is that of a nation that was drawn: then no real children come into it."""

from sqlalchemy import Connection, select

from jetkiz.delivery.tables import student_week
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.tables import student


def refuse_beside_drawn(connection: Connection) -> None:
    """Refuse real children where weeks of a drawn nation lie: both would have the same numbers.

    Only drawn students have weeks and stand in no register; what they have is left as it is.
    """
    if connection.scalar(select(student.c.id).limit(1)) is not None:
        return
    week = connection.scalar(select(student_week.c.week).limit(1))
    if week is not None:
        raise JetkizError(
            N_("This database holds a nation that was drawn (week {week}); nothing was changed."),
            N_(
                "Bring the roster into a database of its own: set database_url to another, "
                "then: jetkiz database upgrade."
            ),
            week=week,
        )
