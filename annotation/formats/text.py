"""The content of a label file, and what is wrong with files that hold none."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..errors import FormatError

#: How much of a file is looked at to find out its format.
HEAD_BYTES = 65_536
#: How much text a compressed file may hold: label files are small, and a small file can be made to grow.
MOST_BYTES = 512 * 1024 * 1024
#: About twelve days at 100 frames per second.
MOST_FRAMES = 100_000_000
_DELIMITERS = ",;\t"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class LabelFile:
    """A file of labels.

    Attributes
    ----------
    path
        The file.
    """

    path: Path

    def error(self, what: str, advice: str = "") -> FormatError:
        """Return the error that says `what` about this file."""
        return FormatError(f"The label file {self.path} {what}", advice)

    def check_length(self, frames: int) -> None:
        """Raise `FormatError` when a file speaks of more frames than a recording has."""
        if frames > MOST_FRAMES:
            raise self.error(
                f"speaks of frame {frames - 1:,}, behind the end of any recording; its times may count from "
                "another start."
            )


@dataclass(frozen=True)
class Binary(LabelFile):
    """A label file that is no text; formats read it from its path.

    Attributes
    ----------
    head
        Its first bytes.
    """

    head: bytes


@dataclass(frozen=True)
class Text(LabelFile):
    r"""The text of a label file with ``\n`` as line end.

    Attributes
    ----------
    content
        Its text, without byte-order mark.
    newline, bom
        Line end and byte-order mark that the file had.
    """

    path: Path
    content: str
    newline: str = "\n"
    bom: bool = False

    @cached_property
    def head(self) -> list[str]:
        """The first lines that are not empty, 20 at most."""
        lines = (line for line in self.content[:HEAD_BYTES].split("\n"))
        return [line for line in lines if line.strip()][:20]

    @property
    def delimiter(self) -> str:
        """The delimiter that the first line has most of: comma, semicolon or tab."""
        return max(_DELIMITERS, key=self.head[0].count)

    @cached_property
    def header(self) -> list[str]:
        """Cells of the first line, trimmed."""
        return cells_of_line(self.head[0], self.delimiter)

    def rows(self, count: int) -> list[list[str]]:
        """Return the cells of the first rows after the header, trimmed."""
        return [cells_of_line(line, self.delimiter) for line in self.head[1 : count + 1]]


def cells_of_line(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line, trimmed; a carriage return within it counts as a space."""
    return [cell.strip() for cell in next(csv.reader([line.replace("\r", " ")], delimiter=delimiter), [])]


def read_file(path: Path | str, *, head_only: bool = False) -> Text | Binary:
    """Read a label file.

    Parameters
    ----------
    path
        UTF-8 with or without byte-order mark, any line ends, plain or compressed with gzip; or a binary file.
    head_only
        Read only as much as is needed to tell the format.

    Raises
    ------
    FormatError
        When there is no such file, or it is empty, damaged, or not UTF-8.
    """
    source = Path(path)
    head = _read_bytes(source, HEAD_BYTES)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FormatError(f"The label file {source} is UTF-16; save it as UTF-8 (in Excel: CSV UTF-8).")
    if head.startswith(_GZIP):
        data = _unpacked(source, HEAD_BYTES if head_only else None)
    elif b"\0" in head:
        return Binary(source, head)
    else:
        data = head if head_only or len(head) < HEAD_BYTES else _read_bytes(source, None)
    return _text(source, data, head_only=head_only)


def _unpacked(source: Path, count: int | None) -> bytes:
    """Return what a compressed file holds, or its first `count` bytes."""
    with gzip.GzipFile(fileobj=io.BytesIO(_read_bytes(source, None))) as file:
        try:
            data = file.read(count or MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise FormatError(f"The label file {source} is compressed and damaged; copy it again.") from error
    if len(data) > MOST_BYTES:
        raise FormatError(f"The label file {source} unpacks to more than 512 MB, too much for labels.")
    return data


def _text(source: Path, data: bytes, *, head_only: bool) -> Text:
    """Return the text that bytes hold."""
    if b"\0" in data:
        raise FormatError(f"{source} is a binary file, not a table of labels.")
    bom = data.startswith(b"\xef\xbb\xbf")
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not (head_only and error.start > len(data) - 4):
            line = data.count(b"\n", 0, error.start) + 1
            raise FormatError(
                f"The label file {source} is not UTF-8 (line {line}, byte {error.start}); save it as UTF-8."
            ) from error
        content = data[: error.start].decode("utf-8-sig")
    if not content.strip():
        raise FormatError(f"The label file {source} is empty.")
    newline = "\r\n" if "\r\n" in content else "\r" if "\r" in content and "\n" not in content else "\n"
    if newline != "\n":
        content = content.replace(newline, "\n")
    return Text(source, content, newline, bom)


def _read_bytes(path: Path, count: int | None) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read() if count is None else file.read(count)
    except FileNotFoundError as error:
        raise FormatError(f"There is no label file {path}.") from error
    except IsADirectoryError as error:
        raise FormatError(f"{path} is a folder, not a label file.") from error
    except OSError as error:
        raise FormatError(f"The label file {path} cannot be read: {error.strerror}.") from error
