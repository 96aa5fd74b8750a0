"""Draws rooms.svg: the packages of memorybank, in the layers that import-linter holds (`make diagram`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
PACKAGE = HERE / "memorybank"
PICTURE = HERE / "rooms.svg"

_WIDTH, _MARGIN, _GAP = 900, 20, 14
_TITLE, _LINE, _PADDING = 18, 15, 10
_STYLE = "text{font-family:Helvetica,Arial,sans-serif;fill:#222}.r{font-size:13px;font-weight:bold}.s{font-size:11px}"


def layers() -> list[list[str]]:
    """Return the rooms of each layer, the uppermost first, as pyproject.toml has them for import-linter."""
    tools = tomllib.loads((HERE.parent / "pyproject.toml").read_text())["tool"]
    [contract] = [each for each in tools["importlinter"]["contracts"] if each["type"] == "layers"]
    return [[room.strip().partition(".")[2] for room in layer.split("|")] for layer in contract["layers"]]


def clients() -> list[str]:
    """Return the rooms in no layer: what agents use to call a bank."""
    layered = {room for layer in layers() for room in layer}
    return [room for room in _packages(PACKAGE) if room not in layered]


def rooms_in(room: str) -> list[str]:
    """Return the packages inside a room."""
    return _packages(PACKAGE / room)


def picture() -> str:
    """Return the picture as SVG."""
    rows = [*([clients()] if clients() else []), *layers()]
    parts: list[str] = []
    top = _MARGIN
    for number, row in enumerate(rows):
        height = _TITLE + 2 * _PADDING - 4 + _LINE * (max(len(_lines(room)) for room in row))
        parts += _row(row, top=top, height=height)
        top += height + _GAP
        if number < len(rows) - 1:
            parts.append(_arrow(top - _GAP, dashed=number == 0 and bool(clients())))
    note = "A room may import rooms below it, never above or beside it. Dashed: over HTTP only."
    parts.append(_text(note, _WIDTH / 2, top + 4, style="s"))
    size = f'width="{_WIDTH}" height="{top + _MARGIN}" viewBox="0 0 {_WIDTH} {top + _MARGIN}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{_STYLE}</style>'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', *parts, "</svg>\n"])


def _packages(folder: Path) -> list[str]:
    return sorted(path.parent.name for path in folder.glob("*/__init__.py"))


def _lines(room: str) -> list[str]:
    """Return the rooms inside a room, four on a line."""
    inside = rooms_in(room)
    return [", ".join(inside[start : start + 4]) for start in range(0, len(inside), 4)]


def _row(row: list[str], *, top: int, height: int) -> Iterator[str]:
    width = (_WIDTH - 2 * _MARGIN - _GAP * (len(row) - 1)) / len(row)
    for number, room in enumerate(row):
        left = _MARGIN + number * (width + _GAP)
        box = f'x="{left:.1f}" y="{top}" width="{width:.1f}" height="{height}"'
        yield f'<rect {box} rx="6" fill="#eef3fb" stroke="#8a94a6"/>'
        yield _text(room, left + width / 2, top + _PADDING + 11, style="r")
        for line, text in enumerate(_lines(room)):
            yield _text(text, left + width / 2, top + _PADDING + _TITLE + 9 + line * _LINE, style="s")


def _text(text: str, x: float, y: float, *, style: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" class="{style}">{escape(text)}</text>'


def _arrow(top: int, *, dashed: bool) -> str:
    x, dash = _WIDTH / 2, ' stroke-dasharray="3 3"' if dashed else ""
    line = f'<line x1="{x}" y1="{top}" x2="{x}" y2="{top + _GAP - 4}" stroke="#5b6472"{dash}/>'
    return f'{line}<path d="M{x - 4} {top + _GAP - 5}h8l-4 5z" fill="#5b6472"/>'


if __name__ == "__main__":
    PICTURE.write_text(picture())
