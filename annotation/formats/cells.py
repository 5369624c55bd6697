"""The rows of a label file as a table of text; a row that does not fit is an error, never cut."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .text import Text

if TYPE_CHECKING:
    import pandas as pd

#: Name of the column behind a delimiter that ends every row.
_SPARE = "\0"


def read_cells(
    text: Text,
    names: Sequence[str],
    *,
    delimiter: str | None = None,
    offset: int | None = None,
    first_line: int | None = None,
    quoted: bool = True,
) -> pd.DataFrame:
    """Return the rows below the header, every cell as text, missing cells at the end of a row empty.

    Parameters
    ----------
    text
        The file.
    names
        Names of the columns. A further column is accepted when all of its cells are empty.
    delimiter
        The most frequent one of the first line when not given.
    offset, first_line
        Where in the text the rows begin, and the number of that line from 1; below the first line that is
        not empty when not given.
    quoted
        Cells may stand in double quotes.

    Raises
    ------
    FormatError
        When a row has more cells than there are names.
    """
    import pandas as pd

    if offset is None or first_line is None:
        leading = len(text.content) - len(text.content.lstrip("\n"))
        end = text.content.find("\n", leading)
        offset, first_line = (len(text.content) if end < 0 else end + 1), leading + 2
    body = text.content[offset:]
    if not body.strip("\n"):
        return pd.DataFrame({name: pd.Series(dtype=str) for name in names})
    separator = delimiter or text.delimiter
    # Some programs end every row with the delimiter.
    spare = [_SPARE] if body.lstrip("\n").split("\n", 1)[0].rstrip(" ").endswith(separator) else []
    try:
        with warnings.catch_warnings():
            # pandas only warns when it cuts the first row short.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(
                io.StringIO(body), sep=separator, header=None, names=[*names, *spare], dtype=str,
                na_filter=False, index_col=False, lineterminator="\n",
                quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
            )  # fmt: skip
    except pd.errors.ParserWarning as error:
        raise text.error(f"has more than {len(names)} cells in line {first_line}.") from error
    except pd.errors.ParserError as error:
        found = re.search(r"in line (\d+)", str(error))
        where = f" in line {int(found[1]) + first_line - 1}" if found else ""
        raise text.error(
            f"has more than {len(names)} cells{where}, or a quote that is never closed."
        ) from error
    if spare:
        surplus = table.pop(_SPARE)
        filled = surplus.str.strip().ne("").to_numpy(bool)
        if filled.any():
            raise text.error(f"has more than {len(names)} cells in line {int(filled.argmax()) + first_line}.")
    return table
