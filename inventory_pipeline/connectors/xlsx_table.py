"""Excel pages as text rows: one sheet, one row of names, every cell as exact text. Pure.

openpyxl (MIT, an extra), and not the much faster calamine: calamine reads every number as a
float and knows no number format, so that 00123 shown by the format 00000 would be 123, and it
lays a sheet out as a full rectangle, so that one cell in the last corner takes all memory.
Nothing is computed: of a formula the value is taken that Excel saved with it.
"""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.connectors.extras import load_extra
from inventory_pipeline.connectors.tables import Plan, build_rejected, fill_fixed
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.ports import Page, RawFrame

MAX_ROWS = 1 << 20  # of a sheet, by the format itself
MAX_COLUMNS = 500
# Unpacked. All texts of a workbook are in memory at once; its rows never are.
MAX_UNPACKED, MAX_TEXTS = 1 << 30, 256 << 20
MAX_PARTS = 10_000
MAX_RATIO = 100
RATIO_FROM = 1 << 20
TEXTS = "xl/sharedstrings.xml"
HEAD_BYTES = 400
_PLAIN_HEAD = re.compile(
    rb"""(\xef\xbb\xbf)?\s*
    (<\?xml(?:\s+version=["']1\.[01]["']|\s+standalone=["'](?:yes|no)["']
     |\s+encoding=["'](?:[Uu][Tt][Ff]-8|[Uu][Ss]-[Aa][Ss][Cc][Ii][Ii])["'])*\s*\?>)?
    \s*<[A-Za-z_]""",
    re.VERBOSE,
)
# Excel keeps 15 digits of a number; of a longer one the rest is made up.
TOO_LONG = 10**15
_ZEROS = re.compile(r"0{2,}")
_INSTANT = re.compile(r".*_at|as_of|value|before|after")
# What openpyxl and what is below it raise about a file that is not what it says it is.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, IndexError, AttributeError,
    EOFError, SyntaxError, RuntimeError, OverflowError, OSError,
)  # fmt: skip


@dataclass(frozen=True)
class SheetForm:
    """Which sheet is read, and how.

    Attributes:
        sheet: its name; None: the only one.
        header_row: the row with the names of the columns; those above are skipped.
        max_bytes: how large the workbook may be, unpacked.
    """

    sheet: str | None = None
    header_row: int = 1
    max_bytes: int = MAX_UNPACKED


def parse_xlsx(page: Page, plan: Plan, form: SheetForm) -> RawFrame:
    """Read one sheet; ``row`` counts from the one after the names. Blank rows are none.

    Raises:
        SourceContractError: no workbook, a bomb, no such sheet, or a column missing.
        ConfigError: the extra is not installed.
    """
    openpyxl = load_extra("openpyxl", extra="excel")
    source = page.path or io.BytesIO(page.body)
    with warnings.catch_warnings():
        # It warns of every ornament that it does not know.
        warnings.simplefilter("ignore")
        with _translating():
            with zipfile.ZipFile(source) as packed:
                _refuse_bomb(packed.infolist(), form)
                _refuse_entities(packed)
            book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
        with closing(book):
            rows, rejected = _Reader(plan, _find_sheet(book, form), form).read()
    return RawFrame(fill_fixed(rows, plan, page), build_rejected(rejected))


@contextmanager
def _translating() -> Iterator[None]:
    """Say in one sentence what a broken file made openpyxl raise."""
    try:
        yield
    except _BROKEN as error:
        raise SourceContractError(
            f"not readable as an .xlsx workbook ({type(error).__name__}); a file with a password, "
            "an old .xls, or a web page saved as one is none"
        ) from None


def _refuse_bomb(parts: Sequence[zipfile.ZipInfo], form: SheetForm) -> None:
    """Judge a workbook by what its directory says; nothing beyond that is ever unpacked."""
    limit = min(form.max_bytes, MAX_UNPACKED)
    whole = sum(part.file_size for part in parts)
    texts = sum(part.file_size for part in parts if part.filename.lower() == TEXTS)
    if whole > limit or texts > MAX_TEXTS or len(parts) > MAX_PARTS:
        raise SourceContractError(
            f"unpacked the workbook has {whole:,} bytes in {len(parts):,} parts, {texts:,} of them "
            f"texts; wanted at most {limit:,} in {MAX_PARTS:,}, and {MAX_TEXTS:,} of texts"
        )
    for part in parts:
        if part.file_size > max(RATIO_FROM, part.compress_size * MAX_RATIO):
            raise SourceContractError(
                f"a part of the workbook unpacks to more than {MAX_RATIO} times its size; "
                "that is no data"
            )


def _refuse_entities(packed: zipfile.ZipFile) -> None:
    """Refuse a part that could declare entities: those stand before its first element."""
    for part in packed.infolist():
        with packed.open(part) as file:
            head = file.read(HEAD_BYTES)
        is_wide = head[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
        is_xml = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
        if is_wide or (is_xml and not _PLAIN_HEAD.match(head)):
            raise SourceContractError(
                f"the part {part.filename[:60]!r} begins with more than an XML declaration in "
                "UTF-8; no program for tables writes that"
            )


def _find_sheet(book: Any, form: SheetForm) -> Any:
    names = [sheet.title for sheet in book.worksheets]
    if form.sheet is None and len(names) == 1:
        return book.worksheets[0]
    if form.sheet not in names:
        seen = ", ".join(repr(name[:40]) for name in names[:20]) or "none"
        wanted = "say which one is read" if form.sheet is None else f"wanted {form.sheet!r}"
        raise SourceContractError(f"the sheets are {seen}; {wanted} with sheet: ...")
    return book[form.sheet]


class _CellError(Exception):
    """A cell that has no text of its own; its row is set aside."""


class _Reader:
    """Reads the picked columns of one sheet."""

    def __init__(self, plan: Plan, sheet: Any, form: SheetForm) -> None:
        self._plan, self._sheet, self._first = plan, sheet, form.header_row
        self._rejected: list[tuple[int, str, str]] = []
        sheet.reset_dimensions()

    def read(self) -> tuple[pl.DataFrame, list[tuple[int, str, str]]]:
        places = self._find_places()
        picked = self._plan.find_sources(list(places))
        columns: dict[str, list[str | None]] = {ours: [] for ours in picked}
        numbers = []
        wanted = [(ours, places[theirs]) for ours, theirs in picked.items()]
        blank: Sequence[Any] = ()
        for number, cells in enumerate(self._walk(self._first + 1, max(places.values()) + 1), 1):
            # Rows that the file leaves out are all one object: up to a million of them.
            if cells is blank or all(cell.value is None for cell in cells):
                blank = cells
                continue
            row = self._read_row(number, cells, wanted)
            if row is not None:
                numbers.append(number)
                for ours, text in row.items():
                    columns[ours].append(text)
        schema = {"row": pl.Int64(), **dict.fromkeys(picked, pl.String())}
        return pl.DataFrame({"row": numbers, **columns}, schema=schema), self._rejected

    def _find_places(self) -> dict[str, int]:
        """Return name → position of every column that has a name."""
        header = next(self._walk(self._first, MAX_COLUMNS + 1), ())
        names = ["" if cell.value is None else str(cell.value).strip() for cell in header]
        if not any(names):
            raise SourceContractError(
                f"row {self._first} of the sheet is empty; wanted the names of the columns (say "
                "header_row if they stand elsewhere)"
            )
        if len(names) > MAX_COLUMNS and names[MAX_COLUMNS]:
            raise SourceContractError(f"the sheet has more than {MAX_COLUMNS} columns")
        places: dict[str, int] = {}
        for place, name in enumerate(names):
            if name in places and name:
                raise SourceContractError(
                    f"the column {name[:60]!r} stands twice; wanted every name once"
                )
            places[name] = place
        places.pop("", None)
        return places

    def _walk(self, first: int, width: int) -> Iterator[Sequence[Any]]:
        """Yield the cells of every row from ``first`` on, ``width`` of each."""
        with _translating():
            yield from self._sheet.iter_rows(min_row=first, max_row=MAX_ROWS, max_col=width)

    def _read_row(
        self, number: int, cells: Sequence[Any], wanted: Sequence[tuple[str, int]]
    ) -> dict[str, str | None] | None:
        try:
            return {ours: _render(cells[place], ours) for ours, place in wanted}
        except _CellError as error:
            raw = " | ".join("" if cell.value is None else str(cell.value) for cell in cells)
            self._rejected.append((number, f"row {number + self._first}: {error}", raw))
            return None


def _render(cell: Any, ours: str) -> str | None:
    """Return the text of a cell.

    Raises:
        _CellError: an error of a formula, a number Excel has cut, a date where none may be.
    """
    value = cell.value
    if value is None or type(value) is str:
        if value and cell.data_type == "e":
            raise _CellError(f"{ours} is the error {value}")
        return value
    if type(value) is bool:
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _render_number(value, cell, ours)
    if isinstance(value, datetime) and _INSTANT.fullmatch(ours):
        return value.isoformat()
    if isinstance(value, datetime | time | timedelta):
        raise _CellError(
            f"{ours} is a date or a time; Excel takes some ids for dates, so give the column the "
            "format Text before they are typed in"
        )
    raise _CellError(f"{ours} is no single value")


def _render_number(value: float, cell: Any, ours: str) -> str:
    if abs(value) >= TOO_LONG:
        raise _CellError(f"{ours} is a number of more than 15 digits, of which Excel keeps 15")
    if value != int(value):
        return repr(value)
    text = str(int(value))
    shown = str(cell.number_format)
    # A number that everybody sees with its leading zeros has them.
    return text.zfill(len(shown)) if _ZEROS.fullmatch(shown) else text
