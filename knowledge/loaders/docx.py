"""Word documents: paragraphs, headings, lists and tables in reading order, as Markdown."""

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import Unreadable
from knowledge.loaders.base import BINARY_LIMIT, Draft, clean, moment, read_bytes, table_markdown

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument
    from docx.table import Table
    from docx.text.paragraph import Paragraph

UNPACKED_LIMIT = 200 * 2**20

_HEADING = re.compile(r"(?:heading|标题)\s*([1-6])", re.IGNORECASE)


def load(path: Path) -> list[Draft]:
    from docx import Document as open_docx  # a tenth of a second that no start without a DOCX spends

    data = read_bytes(path, BINARY_LIMIT)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_LIMIT:
                raise Unreadable(path, f"unpacks to more than {UNPACKED_LIMIT / 2**20:.0f} MB")
        document = open_docx(io.BytesIO(data))
        blocks, title = _blocks(document)
        properties = document.core_properties
        return [
            Draft(
                clean("\n".join(blocks)),
                title=clean(properties.title or title).strip(),
                updated_at=moment(properties.modified),
            )
        ]
    except Unreadable:
        raise
    except Exception as error:  # a hostile file makes the parser fail in a hundred ways
        raise Unreadable(path, f"is not a DOCX that can be read ({type(error).__name__})") from error


def _blocks(document: "DocxDocument") -> tuple[list[str], str]:
    """Markdown blocks, and the text of the first paragraph in Word's Title style."""
    from docx.table import Table

    blocks: list[str] = []
    title = ""
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            blocks.append(_table(item) + "\n")
            continue
        text, style = " ".join(item.text.split()), _style(item)
        if not text:
            continue
        if style in ("Title", "标题") and not title:
            title = text
        else:
            blocks.append(_paragraph(text, style))
    return blocks, title


def _style(paragraph: "Paragraph") -> str:
    return (paragraph.style.name if paragraph.style else None) or ""


def _paragraph(text: str, style: str) -> str:
    if heading := _HEADING.match(style):
        return f"\n{'#' * int(heading[1])} {text}\n"
    if style.startswith(("List Number", "列表编号")):
        return f"1. {text}"
    if style.startswith(("List", "列表", "列出段落")):
        return f"- {text}"
    return f"\n{text}\n"


def _table(table: "Table") -> str:
    rows = []
    for row in table.rows:
        # A merged cell is handed out once for every column it spans.
        cells = [
            cell
            for number, cell in enumerate(row.cells)
            if number == 0 or cell._tc is not row.cells[number - 1]._tc
        ]
        rows.append([" ".join(cell.text.split()) for cell in cells])
    return "\n" + table_markdown(rows)
