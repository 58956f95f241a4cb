"""How times and structured values are kept so that both databases give back the same."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, SmallInteger
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Document(TypeDecorator[Any]):
    """A structured value: JSON on SQLite, JSONB on PostgreSQL."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect, /) -> TypeEngine[Any]:
        """Load what PostgreSQL has only there: it takes 4 MB that SQLite never needs."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON())
        from sqlalchemy.dialects.postgresql import JSONB  # noqa: PLC0415

        return dialect.type_descriptor(JSONB())


Document = _Document()


# Two bytes last until the year 2327.
_FIRST_YEAR = 2000


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept and returned in UTC; a naive one is refused.

    SQLite drops the offset of a ``DateTime``: 08:00+05:00 would come back five hours wrong.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect, /) -> datetime | None:
        """Turn an aware moment into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone cannot be stored: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, _dialect: Dialect, /) -> datetime | None:
        """Give an aware moment in UTC back."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def week_number(week: str) -> int:
    """Return the number of a week: 2605 for 2026-W05."""
    year, _, number = week.partition("-W")
    return (int(year) - _FIRST_YEAR) * 100 + int(number)


class WeekNumber(TypeDecorator[str]):
    """A week such as 2026-W05, kept in two bytes as 2605: there are millions of rows of each.

    Numbers sort as the names of the weeks do.
    """

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect, /) -> int | None:
        """Turn the name of a week into its number."""
        return None if value is None else week_number(value)

    def process_result_value(self, value: Any, _dialect: Dialect, /) -> str | None:
        """Turn the number back into the name."""
        if value is None:
            return None
        year, week = divmod(value, 100)
        return f"{year + _FIRST_YEAR}-W{week:02}"
