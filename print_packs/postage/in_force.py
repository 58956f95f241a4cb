"""What decides about postage today: the rules and fees of the day, the paper as it was weighed."""

from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import insert_new
from print_packs.postage.choosing import Postage
from print_packs.postage.dated_files import DatedFile
from print_packs.postage.rules import rules_on
from print_packs.postage.tables import postal_sign_off
from print_packs.postage.tariffs import tariff_on
from print_packs.postage.weighing import calibrations
from print_packs.postage.weights import Envelope, Stock

UNVERIFIED: Final = N_("The postal rules in force were not verified with Kazpost.")


def postage_on(
    connection: Connection, settings: Settings, day: date
) -> tuple[Postage, list[JetkizError]]:
    """Return what decides on a day, and which files of rules or fees could not be used."""
    rules, refused = rules_on(day, settings.data)
    tariff, also_refused = tariff_on(day, settings.data)
    postage = Postage(
        rules=rules,
        stock=stock_of(connection, settings),
        tariff=tariff,
        most_sheets=settings.pack_sheets,
        may_be_parcel=settings.parcels,
        registered=settings.registered,
        is_verified=rules.is_verified or signed_off(connection, rules.file) is not None,
    )
    return postage, [*refused, *also_refused]


def are_verified(connection: Connection, data: Path, day: date) -> bool:
    """Return whether somebody checked the rules of a day with the post."""
    rules, _ = rules_on(day, data)
    return rules.is_verified or signed_off(connection, rules.file) is not None


def stock_of(connection: Connection, settings: Settings) -> Stock:
    """Return the paper and envelopes of a school, with what weighing told of the paper."""
    envelopes = tuple(map(Envelope, settings.envelope_names()))
    plain = Stock(settings.paper_gsm, envelopes)
    known = calibrations(connection).get(plain.name)
    return Stock(plain.gsm, envelopes, known.factor) if known else plain


def sign_off(connection: Connection, file: DatedFile, by: str, note: str, now: datetime) -> bool:
    """Write down that somebody checked a file with the post; the first signature stands."""
    row = {"name": file.name, "sha256": file.sha256, "by": by, "note": note, "at": now}
    return insert_new(connection, postal_sign_off, [row], ["name", "sha256"]) == 1


def signed_off(connection: Connection, file: DatedFile) -> tuple[str, datetime] | None:
    """Return who checked the file as it is, and when; None if nobody did."""
    c = postal_sign_off.c
    row = connection.execute(
        select(c.by, c.at).where(c.name == file.name, c.sha256 == file.sha256)
    ).one_or_none()
    return (row.by, row.at) if row else None
