"""What becomes of a file that a family sends: kept sealed and without its place, or refused."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from bot.receiving.attachments import Trouble, keep_file, sheets_in
from jetkiz.homework.quality import Hint
from jetkiz.storage.files import FileStore
from jetkiz.storage.whole_files import UnwritableError
from tests.full_disks import full_disk


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def photo(width: int = 1200, **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, 900), "white").save(out, "JPEG", **more)
    return out.getvalue()


def test_a_photo_is_kept_without_what_its_camera_says(files: FileStore) -> None:
    camera = Image.Exif()
    camera[0x010F] = "Samsung"
    kept = keep_file(files, "u", photo(exif=camera))
    assert (kept.media_type, kept.trouble, kept.hints) == ("image/jpeg", None, ())
    assert files.get(kept.sha256) == photo()
    assert keep_file(files, "v", photo()).sha256 == kept.sha256
    assert files.sealed_path(kept.sha256).exists()
    assert not files.path(kept.sha256).exists()


def test_a_small_photo_is_kept_with_a_hint(files: FileStore) -> None:
    kept = keep_file(files, "u", photo(640, quality=90))
    assert kept.hints == (Hint.SMALL,)
    assert files.get(kept.sha256)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", Trouble.WRONG_TYPE),
        (b"MZ a program", Trouble.WRONG_TYPE),
        (photo()[:300], Trouble.BROKEN),
        (b"\xff\xd8\xff\xe0 no photo", Trouble.BROKEN),
        (b"\x89PNG\r\n\x1a\n no picture", Trouble.BROKEN),
        (b"\0\0\0\x18ftypmp42\xff\xff\xff\xff", Trouble.BROKEN),
    ],
)
def test_what_cannot_be_taken_is_named_and_leaves_nothing(
    files: FileStore, content: bytes, trouble: Trouble
) -> None:
    assert keep_file(files, "u", content).trouble == trouble
    assert not files.folder.exists()


def test_a_word_document_is_kept_as_it_came(files: FileStore) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    kept = keep_file(files, "u", out.getvalue())
    assert files.get(kept.sha256) == out.getvalue()
    assert kept.sheets == 1


@pytest.mark.parametrize(
    ("document", "sheets"),
    [
        (b"%PDF-1.7 <</Type /Pages /Kids [3 0 R] /Count 3>>", 3),
        (b"%PDF-1.4 <</Count 12/Kids[1 0 R]/Type/Pages>>", 12),
        (b"<</Type /Pages /Count 2>> <</Type /Pages /Count 7>>", 7),
        (b"<</Type /Outlines /Count 40>> <</Type /Page>>", 1),
        (b"<</Type /Pages /Count 0>>", 1),
        (b"<</Type /Pages /Count 9999>>", 999),
        (b"packed away", 1),
    ],
)
def test_a_pdf_is_counted_by_what_it_says(document: bytes, sheets: int) -> None:
    assert sheets_in(document) == sheets


def test_a_full_disk_is_said_and_the_same_photo_is_kept_later(files: FileStore) -> None:
    with full_disk(), pytest.raises(UnwritableError, match="cannot be written"):
        keep_file(files, "u", photo())
    assert files.get(keep_file(files, "u", photo()).sha256) == photo()
