"""Addresses on envelopes: their fields, their order, and a sheet of labels that was begun."""

import io

import pypdfium2
import pytest
import zxingcpp

from jetkiz.errors import JetkizError
from print_packs.model import Letter
from print_packs.pages.address_block import Place
from print_packs.post.labels import (
    FRANKING,
    NUMBER,
    PAPER,
    SENDER_SHARE,
    Label,
    Shape,
    addressee_in,
    draw_labels,
    places_on,
)
from print_packs.s10.bars import size_of

SENDER = Letter("Ақкөл негізгі орта мектебі", ("Мектеп көшесі, 1-үй", "Ақкөл ауылы"), "111900")
LINES = (
    "Абай көшесі, 6-үй",
    "Ақкөл ауылы (Ақкөл ауылдық округі)",
    "Тобылсай ауданы",
    "Қостанай облысы",
)
S10 = "RR000000014KZ"


def label(number: int, s10: str = "") -> Label:
    to = Letter(f"Әлиева{number:03} Күләш", LINES, "111908", index7="P19E5X4")
    return Label(to, SENDER, "kk", f"P{number:03}-ABCD", s10)


Box = tuple[float, float, float, float]


def pages(pdf: bytes) -> list[list[tuple[str, Box]]]:
    """The lines of each page with their boxes: left, top, right, bottom, millimetres from above."""
    found = []
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        for page in document:
            text, high = page.get_textpage(), page.get_height()
            boxes = [text.get_rect(n) for n in range(text.count_rects())]
            found.append(
                [
                    (
                        text.get_text_bounded(*box),
                        tuple(
                            v * 25.4 / 72 for v in (box[0], high - box[3], box[2], high - box[1])
                        ),
                    )
                    for box in boxes
                ]
            )
    return found


FACES = [Shape.A5, Shape.C5, Shape.C4, Shape.DL]


@pytest.mark.parametrize("shape", FACES)
@pytest.mark.parametrize("s10", ["", S10])
def test_sender_and_addressee_stand_in_their_corners_and_two_fields_stay_free(
    shape: Shape, s10: str
) -> None:
    wide, high = PAPER[shape][0], PAPER[shape][1] / places_on(shape)

    (page,) = pages(draw_labels([label(1, s10)], shape))

    assert page
    for text, (left, top, right, bottom) in page:
        assert 0 <= left < right <= wide, text
        assert 0 <= top < bottom <= high, text
        is_franking = right > wide - FRANKING[0] and top < FRANKING[1]
        assert not is_franking, f"{text} stands where the mark of payment goes"
        is_number = left < NUMBER[0] and bottom > high - NUMBER[1]
        assert not is_number or (s10 and any(c.isdigit() for c in text)), text
    said = {text.strip(): box for text, box in page}
    assert said["Мектеп көшесі, 1-үй"][2] <= wide * SENDER_SHARE
    name = next(box for text, box in said.items() if "Әлиева001" in text)
    assert name[0] >= wide * SENDER_SHARE
    assert name[1] > FRANKING[1]
    assert ("RR 000 000 014 KZ" in said) is bool(s10)


@pytest.mark.parametrize("shape", list(Shape))
def test_labels_come_in_the_order_of_the_list(shape: Shape) -> None:
    count = 2 * places_on(shape) + 1
    drawn = pages(draw_labels([label(n) for n in range(1, count + 1)], shape))

    assert len(drawn) == 3
    text = " ".join(line for page in drawn for line, _ in page)
    places = [text.index(f"Әлиева{n:03}") for n in range(1, count + 1)]
    assert places == sorted(places)
    assert all(f"P{n:03}-ABCD" in text for n in range(1, count + 1))
    assert draw_labels([label(1)], shape) == draw_labels([label(1)], shape)


@pytest.mark.parametrize("lines", [LINES, ("Өте ұзын атау " * 5,) * 5])
def test_a_small_label_has_the_postal_number_with_its_bars(lines: tuple[str, ...]) -> None:
    to = Letter("Аты-жөні " * 4, lines, "111908", index7="P19E5X4")
    labels = [Label(to, SENDER, "kk", f"P{n:03}-ABCD", S10) for n in range(8)]
    pdf = draw_labels(labels, Shape.STICKERS)

    (page,) = pages(pdf)
    numbers = [box for text, box in page if text.strip() == "RR 000 000 014 KZ"]
    assert len(numbers) == 8
    for left, _top, right, bottom in numbers:
        row, column = int(bottom // 74.25), int(left // 105)
        own = [
            box
            for text, box in page
            if int(box[0] // 105) == column and int(box[1] // 74.25) == row and "RR" not in text
        ]
        assert right < (column + 1) * 105
        assert bottom < (row + 1) * 74.25 - 2
        bars_top = bottom - size_of(0)[1]
        address = [box for box in own if box[2] < (column + 1) * 105 - 30 or box[3] < bars_top]
        assert all(box[3] <= bars_top + 1 for box in address), "an address lies on the bars"
    assert scanned(pdf) == {S10}


def scanned(pdf: bytes) -> set[str]:
    """What a scanner reads of the bars at 200 dpi."""
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        picture = document[0].render(scale=200 / 72).to_pil()
    return {one.text for one in zxingcpp.read_barcodes(picture)}


@pytest.mark.parametrize("start", range(1, 9))
def test_a_sheet_of_labels_that_was_begun_goes_on_where_it_was(start: int) -> None:
    drawn = pages(draw_labels([label(n) for n in range(1, 4)], Shape.STICKERS, start))

    first = next(box for text, box in drawn[0] if "Әлиева001" in text)
    assert int(first[0] // 105) == (start - 1) % 2
    assert int(first[1] // 74.25) == (start - 1) // 2
    assert len(drawn) == (2 if start > 6 else 1)


@pytest.mark.parametrize(
    ("shape", "start"), [(Shape.STICKERS, 9), (Shape.STICKERS, 0), (Shape.C5, 2)]
)
def test_a_place_that_a_sheet_has_not_is_refused(shape: Shape, start: int) -> None:
    with pytest.raises(JetkizError, match="no place"):
        draw_labels([label(1)], shape, start)


@pytest.mark.parametrize("shape", FACES)
def test_the_longest_address_stays_in_its_field(shape: Shape) -> None:
    wide, high = PAPER[shape][0], PAPER[shape][1] / places_on(shape)
    place = addressee_in(Place(0, 0, wide, high))
    to = Letter(
        "Аты-жөні " * 8, ("Өте ұзын атау " * 5,) * 5, "111908", care_of="Ахметов", index7="P19E5X4"
    )

    (page,) = pages(draw_labels([Label(to, SENDER, "kk", "P001")], shape))

    below = [box for text, box in page if box[0] > wide * SENDER_SHARE and "P001" not in text]
    assert max(box[3] for box in below) <= high
    assert min(box[0] for box in below) >= place.x - 1
    assert any("P 1 9 E 5 X 4" in text for text, _ in page)
