"""Excel files: written by openpyxl, or part by part where no program would write them so."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_XML}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Stock" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}
HEADER = ("item_id", "location_id", "fact", "quantity", "as_of")


def write_xlsx(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write one sheet; a cell is text unless it is something else."""
    path.write_bytes(build_xlsx(columns, rows))


def build_xlsx(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    formats: Mapping[str, str] | None = None,
    above: int = 0,
    others: Sequence[str] = (),
) -> bytes:
    """Return a workbook.

    Args:
        formats: coordinate → number format.
        above: rows over the names; others: sheets after the first.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = "Stock"
    for number in range(above):
        sheet.append([f"Stock report, page {number}"])
    for row in (columns, *rows):
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # openpyxl would take "=cmd()" for a formula
    for place, text in (formats or {}).items():
        sheet[place].number_format = text
    for name in others:
        book.create_sheet(name).append(["nothing"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def write_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def write_rows(*rows: str) -> str:
    """Return the XML of a sheet; the first row has our names."""
    names = "".join(write_cell(f"{'ABCDE'[n]}1", name) for n, name in enumerate(HEADER))
    return (
        f'{_XML}<worksheet xmlns="{MAIN}"><sheetData><row r="1">{names}</row>{"".join(rows)}'
        "</sheetData></worksheet>"
    )


def pack(sheet: str | bytes, more: Mapping[str, str | bytes] | None = None) -> bytes:
    """Return a workbook of a sheet's own XML and other parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": sheet, **(more or {})}.items():
            packed.writestr(name, text)
    return file.getvalue()
