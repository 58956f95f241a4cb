"""How pages that an earlier release kept open are sealed, and named so that names tell nothing."""

from sqlalchemy import Connection, String, bindparam, column, select, table, update

from jetkiz.homework.model import SCAN
from jetkiz.homework.tables import return_page
from jetkiz.lessons.tables import lesson_file
from jetkiz.storage.files import FileStore
from jetkiz.storage.named_files import named, rename
from jetkiz.storage.sealing import SEEN
from jetkiz.storage.workplace import Workplace

_SCANS = table("scan_page", column("sha256", String))


def seal_earlier(place: Workplace) -> int:
    """Seal and name pages one by one; return how many lay open. Broken off, a second call ends it.

    A student may have sent the picture of a lesson back: the lesson keeps its own.
    """
    with place.database.read() as connection:
        names = set(connection.scalars(select(return_page.c.sha256).distinct())) - {""}
        public = set(connection.scalars(select(lesson_file.c.sha256).distinct()))
    count = sum(place.files.seal_plain(name) for name in sorted(names - public))
    for name in sorted(names):
        _name_anew(place, name, is_public=name in public)
    with place.database.write() as connection:
        _hide_scans(connection, place.files)
    return count


def _name_anew(place: Workplace, name: str, *, is_public: bool) -> None:
    """Let a page be called so that nobody who knows the picture can tell whose page it is."""
    if not place.files.has(name):
        return
    keyed = place.files.put_sealed(place.files.get(name))
    if keyed != name:
        with place.database.write() as connection:
            rename(connection, name, keyed)
            # A waiting message or an open draft still names it; some night nothing does any more.
            is_shown = bool(named(connection, [name]))
        if not is_public and not is_shown:
            place.files.forget([name], place.clock().date())


def _hide_scans(connection: Connection, files: FileStore) -> None:
    """Let scanned pages be known by a hash that only this school can make."""
    c, p = _SCANS.c, return_page.c
    plain = connection.scalars(select(c.sha256).where(~c.sha256.startswith(SEEN))).all()
    hidden = {digest: files.fingerprint(digest) for digest in plain}
    if hidden:
        change = update(_SCANS).where(c.sha256 == bindparam("old")).values(sha256=bindparam("new"))
        connection.execute(change, [{"old": old, "new": new} for old, new in hidden.items()])
    rows = select(p.id, p.key).where(p.key.startswith(f"{SCAN}:"))
    for row in connection.execute(rows).all():
        word, digest, *others = row.key.split(":")
        if digest in hidden:
            key = ":".join((word, hidden[digest], *others))
            connection.execute(update(return_page).where(p.id == row.id).values(key=key))
