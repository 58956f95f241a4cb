"""What the empty workbook looks like: a sheet for each table, every column explained."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import LANGUAGES, N_, Translator
from jetkiz.roster.access_profile import FactKind, Source
from jetkiz.roster.model import DeliveryMode
from jetkiz.roster.reading.own_workbook import SHEETS
from jetkiz.roster.reading.tables import Shape
from jetkiz.roster.settlements import OFFERED
from jetkiz.storage.whole_files import write_whole

_NAMES: Final = {
    "family_name": N_("Family name as in the documents"),
    "given_name": N_("Given name"),
    "patronymic": N_("Patronymic, if there is one"),
}
EXPLAINED: Final = _NAMES | {
    "school_id": N_("Id of the school; the same every time"),
    "name": N_("Name of the school"),
    "zone": N_("Time zone, as in Asia/Qostanay"),
    "student_id": N_("Id of the student; the same every time, zeros in front count"),
    "grade": N_("Grade from 0 to 12"),
    "class": N_("Own class, as in 7А"),
    "language": N_("kk, ru or en"),
    "household_id": N_("Id of the household; students of one home have the same"),
    "needs": N_("large_print, braille, audio or sign_language; with commas; empty if none"),
    "active": N_("false for who has left"),
    "street": N_("Street as on an envelope"),
    "house": N_("House number"),
    "flat": N_("Flat"),
    "settlement_type": N_("ауыл or село, кент or посёлок, қала or город …"),
    "settlement": N_("Name of the village or town"),
    "rural_okrug": N_("Rural okrug"),
    "district": N_("District"),
    "region_kato": N_("Two digits of the region, as in 39 for Kostanay"),
    "index6": N_("Postal index of six digits"),
    "index7": N_("Building index of seven signs, if known"),
    "care_of": N_("With whom the addressee lives, if the name on the door is another"),
    "delivery_index": N_("Index of the office that brings the post, if it is another"),
    "rka": N_("Code of the building in the address register, sixteen digits, if known"),
    "country": N_("Two letters, only for a home abroad"),
    "phone": N_("Telephone with +7"),
    "delivery_mode": N_("post, hand or pick_up"),
    "delivery_order": N_("Place in the round of who brings packs"),
    "pick_up_km": N_("Kilometres to the place of pick-up"),
    "guardian_id": N_("Id of the guardian; the same every time"),
    "relation": N_("mother, father, grandmother, guardian …"),
    "teacher_id": N_("Id of the teacher; the same every time"),
    "classes": N_("Classes whose work this teacher sees, as in 7А, 8Б"),
    "fact": N_("internet, data_cap_mb, phone, telegram, tv, post … as in the guide"),
    "value": N_("The answer; unknown if nobody knew"),
    "source": N_("survey, guardian, teacher, bot or coordinator"),
    "asked_on": N_("Day of the question, as in 2026-01-20"),
    "confidence": N_("From 0 to 1; empty means sure"),
}
# What a cell may hold where the choice is short: offered in the cell, and nothing else is taken.
_CHOICES: Final = {
    "language": LANGUAGES,
    "fact": tuple(FactKind),
    "source": tuple(one.name.lower() for one in Source if one is not Source.IMPORT),
    "delivery_mode": tuple(DeliveryMode),
    "active": ("true", "false"),
    "settlement_type": OFFERED,
}
# So many rows are kept as text, that zeros in front survive typing.
_TEXT_ROWS: Final = 500


def make_template(out: Path, t: Translator) -> None:
    """Write the workbook; what exists is not overwritten."""
    if out.exists():
        raise JetkizError(
            N_("The file {file} is there already."),
            N_("Give another name, or move the old file away."),
            file=out,
        )
    from openpyxl import Workbook  # noqa: PLC0415 - 0.2 s that other commands never pay

    book = Workbook()
    book.remove(book.worksheets[0])
    for shape in SHEETS:
        _fill(book.create_sheet(shape.name), shape, t)
    content = io.BytesIO()
    book.save(content)
    write_whole(out, content.getvalue())


def _fill(sheet: Any, shape: Shape, t: Translator) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    for place, column in enumerate(shape.columns, start=1):
        cell = sheet.cell(1, place, column)
        cell.font = Font(bold=column in shape.required)
        cell.comment = Comment(t(EXPLAINED[column]), "Jetkiz")
        sheet.column_dimensions[get_column_letter(place)].width = max(12, len(column) + 3)
        if column in _CHOICES:
            _offer(sheet, get_column_letter(place), _CHOICES[column])
        for row in range(2, _TEXT_ROWS):
            sheet.cell(row, place).number_format = "@"
    sheet.freeze_panes = "A2"


def _offer(sheet: Any, column: str, words: Iterable[str]) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    choice = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True)
    choice.showErrorMessage = True
    choice.add(f"{column}2:{column}{_TEXT_ROWS}")
    sheet.add_data_validation(choice)
