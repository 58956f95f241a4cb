"""Makes the files of the demo school: python -m jetkiz.demo.making.school [FOLDER]."""

import sys
from pathlib import Path

from jetkiz.demo.making.household_sheets import household_sheets
from jetkiz.demo.making.roster_files import roster_files
from jetkiz.demo.making.stable_files import csv_text, workbook_bytes, write_if_changed, zip_bytes
from jetkiz.demo.making.village import load_village

SCHOOL = Path(__file__).parent.parent / "school"


def school_files() -> dict[str, bytes]:
    """Every file of the demo school, by its place in the folder."""
    village = load_village()
    sheets = household_sheets(village)
    files = {
        "roster.zip": zip_bytes(roster_files(village)),
        "households.xlsx": workbook_bytes(sheets),
    }
    for sheet in sheets:
        text = csv_text(sheet.header, sheet.rows)
        files[f"households_csv/{sheet.name}.csv"] = text.encode("utf-8")
    return files


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else SCHOOL
    for name, content in school_files().items():
        state = "written" if write_if_changed(folder / name, content) else "unchanged"
        sys.stdout.write(f"{state:9}  {folder / name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
