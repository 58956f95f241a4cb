"""How columns lie in Parquet files: written block by block, read column by column.

The only module that knows pyarrow. Files hold no time and no machine: equal columns, equal bytes.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.whole_files import UnwritableError, put_in_place
from scheduler.nation.refusals import damaged, missing, without_column

try:
    import pyarrow as pa
    from pyarrow import parquet as pq
except ModuleNotFoundError as error:
    raise JetkizError(
        N_("A nation's week lies in Parquet files, and the package {package} is not installed."),
        N_("Install it with: pip install 'jetkiz[nation]'."),
        package="pyarrow",
    ) from error

ROWS_AT_ONCE: Final = 1 << 20
_OPTIONS: Final[Mapping[str, Any]] = {
    "compression": "zstd",
    "compression_level": 3,
    "version": "2.6",
    "data_page_version": "1.0",
}


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A column of words: ``codes`` [n] are rows of ``names``."""

    codes: NDArray[np.int32]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ByteRows:
    """A column of byte strings of one length: ``rows`` [n, length]."""

    rows: NDArray[np.uint8]


Column = NDArray[Any] | Words | ByteRows
Columns = Mapping[str, Column]


class ParquetFile:
    """A file that is being written; every call adds a block of rows."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._writer: Any = None

    def add(self, columns: Columns) -> None:
        """Write a block; all blocks have the same columns."""
        table = pa.table({name: _array(one) for name, one in columns.items()})
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._place, table.schema, **_OPTIONS)
        self._writer.write_table(table, row_group_size=ROWS_AT_ONCE)

    def close(self) -> None:
        """Write the end, without which the file cannot be read."""
        if self._writer is not None:
            self._writer.close()


@contextmanager
def writing(place: Path) -> Iterator[ParquetFile]:
    """Write a file so that it is there whole or not at all."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=place.parent, suffix=".part")
        os.close(number)
    except OSError as error:
        raise UnwritableError(place, error) from error
    part = Path(name)
    file = ParquetFile(part)
    try:
        yield file
        file.close()
        part.chmod(0o644)
        put_in_place(part, place)
    except OSError as error:
        raise UnwritableError(place, error) from error
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def forget(place: Path) -> None:
    """Take away the file without which a folder is not whole, before the others are written."""
    try:
        place.unlink(missing_ok=True)
    except OSError as error:
        raise UnwritableError(place, error) from error


def write_columns(place: Path, columns: Columns) -> None:
    """Write a whole file of one block."""
    with writing(place) as file:
        file.add(columns)


def _array(column: Column) -> Any:
    if isinstance(column, Words):
        return pa.DictionaryArray.from_arrays(
            pa.array(column.codes), pa.array(column.names, pa.string())
        )
    if isinstance(column, ByteRows):
        count, length = column.rows.shape
        data = pa.py_buffer(np.ascontiguousarray(column.rows))
        return pa.FixedSizeBinaryArray.from_buffers(pa.binary(length), count, [None, data])
    return pa.array(column)


class Table:
    """A file that is read; what does not fit is named with its column and file."""

    def __init__(self, place: Path) -> None:
        self._place = place
        try:
            self._file = pq.ParquetFile(place)
        except FileNotFoundError as error:
            raise missing(place) from error
        except (OSError, pa.ArrowException) as error:
            raise damaged(place) from error
        self.rows: int = self._file.metadata.num_rows
        self.names: tuple[str, ...] = tuple(self._file.schema_arrow.names)

    def numbers(self, name: str, kind: DTypeLike) -> NDArray[Any]:
        """Return a column of numbers or yes and no; a hole or a number too big is refused."""
        found = self._column(name)
        wanted = pa.from_numpy_dtype(np.dtype(kind))
        whole = found.type == wanted
        if not whole and pa.types.is_integer(wanted) and pa.types.is_integer(found.type):
            try:
                found, whole = found.cast(wanted), True
            except pa.ArrowInvalid:
                whole = False
        if not whole or found.null_count:
            raise self._strange(name, str(wanted))
        values = [chunk.to_numpy(zero_copy_only=False) for chunk in found.chunks]
        return np.concatenate(values or [np.zeros(0)]).astype(kind, copy=False)

    def words(self, name: str) -> Words:
        """Return a column of words; the names stand in the order of the alphabet."""
        found = self._column(name)
        if pa.types.is_string(found.type) or pa.types.is_large_string(found.type):
            found = found.dictionary_encode()
        if not pa.types.is_dictionary(found.type) or found.null_count:
            raise self._strange(name, "string")
        found = found.unify_dictionaries()
        names = found.chunk(0).dictionary.to_pylist() if found.num_chunks else []
        codes = [chunk.indices.to_numpy(zero_copy_only=False) for chunk in found.chunks]
        order = sorted(range(len(names)), key=names.__getitem__)
        place_of = np.argsort(np.array(order, dtype=np.int64)).astype(np.int32)
        joined = np.concatenate(codes or [np.zeros(0, dtype=np.int32)])
        return Words(place_of[joined] if names else joined, tuple(names[n] for n in order))

    def byte_rows(self, name: str) -> NDArray[np.uint8]:
        """Return a column of byte strings of one length as rows of bytes."""
        found = self._column(name)
        if not pa.types.is_fixed_size_binary(found.type) or found.null_count:
            raise self._strange(name, "fixed_size_binary")
        length = found.type.byte_width
        parts = [
            np.frombuffer(chunk.buffers()[1], dtype=np.uint8)[
                chunk.offset * length : (chunk.offset + len(chunk)) * length
            ]
            for chunk in found.chunks
        ]
        whole = np.concatenate(parts or [np.zeros(0, dtype=np.uint8)])
        return whole.reshape(-1, length)

    def _column(self, name: str) -> Any:
        if name not in self.names:
            raise without_column(self._place, name, self.names)
        try:
            return self._file.read(columns=[name], use_threads=False).column(0)
        except (OSError, pa.ArrowException) as error:
            raise damaged(self._place) from error

    def _strange(self, name: str, wanted: str) -> JetkizError:
        return JetkizError(
            N_("Column {column} of {file} holds {found}; it must hold {wanted} in every row."),
            N_("Write the column anew in this form."),
            column=name,
            file=self._place,
            found=str(self._file.schema_arrow.field(name).type),
            wanted=wanted,
        )
