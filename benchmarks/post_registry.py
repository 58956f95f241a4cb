"""How fast lists for the post are written beside a library's table cells, and in how much memory.

The same rows in the same run: our PDF, and a PDF whose cells are Platypus paragraphs. Then the
lists of 20,000 packs as a run makes them: numbered in a database, checked, all four formats. What
memory they take beyond the packs themselves, for 1,000 and for 20,000, is taken from processes of
their own.
"""

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

ROWS = 1_000
MANY = 20_000
COPIES = 2
# What a child prints: seconds of its own processor time, and its peak in megabytes.
_CHILD = "from benchmarks.post_registry import write_rows; write_rows({count})"


def run(record: Callable[..., None]) -> None:
    """Measure rows a second of processor time, and how both time and memory grow with rows."""
    drawn_rows(35)
    paragraph_rows(35)
    ours, peer = _timed(drawn_rows), _timed(paragraph_rows)
    record(
        name="post.registry_rows_per_s",
        value=ROWS / ours,
        unit="rows/s",
        peer="Platypus table of Paragraph cells",
        ratio=peer / ours,
    )
    (few_s, few_mb), (many_s, many_mb) = _child(ROWS), _child(MANY)
    record(name="post.registry_all_formats_rows_per_s", value=MANY / many_s, unit="rows/s")
    record(
        name="post.registry_peak_mb",
        value=many_mb,
        unit="MB beyond the packs",
        peer=f"of {ROWS} rows",
        ratio=many_mb / few_mb,
    )
    record(
        name="post.registry_ms_per_row",
        value=1000 * many_s / MANY,
        unit="ms",
        peer=f"of {ROWS} rows",
        ratio=many_s / MANY / (few_s / ROWS),
    )


def _timed(draw: Callable[[int], bytes]) -> float:
    begin = time.process_time()
    draw(ROWS)
    return time.process_time() - begin


def _child(count: int) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", _CHILD.format(count=count)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, megabytes = map(float, done.stdout.split())
    return seconds, megabytes


def packs(count: int) -> Iterator["PackFile"]:  # noqa: F821 - imported where it is measured
    """Give packs one after the other, each home with a name and an address of its own."""
    from print_packs.model import Letter, Pack
    from print_packs.pack_file import PackFile

    sender = Letter("Ақкөл негізгі орта мектебі", ("Мектеп көшесі, 1-үй", "Ақкөл ауылы"), "111900")
    for n in range(count):
        to = Letter(
            f"Әлиева{n} Күләш Серікқызы",
            (f"Абай көшесі, {n % 190}-үй", "Ақкөл ауылы", "Тобылсай ауданы", "Қостанай облысы"),
            f"{110000 + n % 900:06}",
            f"+7709{n % 10_000_000:07}",
        )
        pack = Pack(
            consignment=f"post:{n}",
            print_id=f"P{n:07}",
            key=f"h{n}",
            household=n,
            week="2026-W05",
            language="kk",
            place=n,
            of=count,
            by_post=True,
            addressee=to,
            sender=sender,
            return_by=date(2026, 2, 5),
            children=(),
        )
        yield PackFile(f"h{n}.pdf", pack, b"", 0, 8)


def _lists(count: int) -> Iterator["ItemList"]:  # noqa: F821
    from print_packs.post.kazpost_registry import ListPlan, make_lists

    return make_lists(packs(count), ListPlan("2026-W05", date(2026, 1, 22)))


def drawn_rows(count: int) -> bytes:
    """Return our PDF of so many rows, two copies of each list."""
    from print_packs.post.list_pages import draw_lists

    return draw_lists(_lists(count))


def paragraph_rows(count: int) -> bytes:
    """Return the same rows, two copies, as a table whose cells are paragraphs of the library."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import LongTable, PageBreak, Paragraph, SimpleDocTemplate

    from jetkiz.fonts.drawing import REGULAR, load_fonts
    from print_packs.post.kazpost_registry import form_of

    load_fonts()
    style = ParagraphStyle("cell", fontName=REGULAR, fontSize=8.5, leading=11)
    story: list[object] = []
    for one in _lists(count):
        form = form_of(one)
        widths = [form.columns[n].width * 2.4 for n in form.printed]
        for _copy in range(COPIES):
            cells = [[form.headings[n] for n in form.printed]]
            cells += [[row[n] for n in form.printed] for row in form.rows]
            table = [[Paragraph(text, style) for text in line] for line in cells]
            story += [
                LongTable(table, widths, repeatRows=1, style=[("GRID", (0, 0), (-1, -1), 0.4, 0)]),
                PageBreak(),
            ]
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=landscape(A4)).build(story)
    return out.getvalue()


def write_rows(count: int) -> None:
    """Write the lists of so many packs as a print run does; print seconds and megabytes.

    The megabytes are those beyond the packs, which a run has in memory anyway.
    """

    def peak() -> float:
        # Of this program alone: what getrusage says begins with the size of whoever started it.
        status = Path("/proc/self/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    with tempfile.TemporaryDirectory() as folder:
        write_lists(Path(folder), "warm", list(packs(1)))
        made = list(packs(count))
        before, begin = peak(), time.process_time()
        write_lists(Path(folder), "run", made)
        print(time.process_time() - begin, peak() - before)


def write_lists(data: Path, key: str, made: "list[PackFile]") -> None:  # noqa: F821
    """Allot, check and write the lists of a run with a database of its own."""
    from datetime import UTC, datetime

    from jetkiz.delivery.model import Batch
    from jetkiz.storage.database import Database
    from jetkiz.storage.schema import all_tables
    from print_packs.gate.sums import check_lists
    from print_packs.records import allot_run
    from print_packs.runs.lists import allot_lists
    from print_packs.runs.printing import paper_work
    from print_packs.runs.run_files import Made, close_run

    database = Database(f"sqlite:///{data / key}.sqlite3")
    now = datetime(2026, 1, 22, 10, tzinfo=UTC)
    with database.write() as connection:
        all_tables().create_all(connection)
        run = allot_run(connection, Batch(key, "post", "2026-W05", ()), now.date(), now)
        lists = allot_lists(connection, run, made)
    check_lists(made, lists)
    close_run(data / key, Made((), tuple(made), {}), 0, paper_work(lists))
    database.close()
