"""The report's typeface: where its files are, and which characters it can draw.

Fira Sans comes as a package, so that every machine sets the same type and the PDF's bytes are the same everywhere.
"""

import struct
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import typst

FAMILY: Final = "Fira Sans"
_USED: Final = ("Regular", "Italic", "SemiBold", "SemiBoldItalic", "Bold")


def folder() -> Path:
    """Return the folder of the typeface's files."""
    return Path(str(files("fontpkg_fira_sans") / "files"))


@cache
def typefaces() -> typst.Fonts:
    """Return the report's typeface and no other: neither the system's nor typst's own."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder()])


@cache
def drawable() -> frozenset[int]:
    """Return the code points for which every style used has a glyph. A PDF/UA document may hold no others."""
    styles = [_code_points((folder() / f"FiraSans-{style}.ttf").read_bytes()) for style in _USED]
    return frozenset.intersection(*styles)


def _code_points(font: bytes) -> frozenset[int]:
    """Read an OpenType font's character map: its format 12 or 4 subtable (ISO/IEC 14496-22, 5.2.1)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    directory = (struct.unpack_from(">4sLLL", font, 12 + 16 * number) for number in range(tables))
    cmap = next(offset for tag, _, offset, _ in directory if tag == b"cmap")
    (subtables,) = struct.unpack_from(">H", font, cmap + 2)
    offsets = [struct.unpack_from(">L", font, cmap + 8 + 8 * number)[0] for number in range(subtables)]
    by_format = {struct.unpack_from(">H", font, cmap + offset)[0]: cmap + offset for offset in offsets}
    if 12 in by_format:
        return frozenset(_format_12(font, by_format[12]))
    return frozenset(_format_4(font, by_format[4]))


def _format_12(font: bytes, start: int) -> Iterator[int]:
    (groups,) = struct.unpack_from(">L", font, start + 12)
    for number in range(groups):
        first, last, _ = struct.unpack_from(">LLL", font, start + 16 + 12 * number)
        yield from range(first, last + 1)


def _format_4(font: bytes, start: int) -> Iterator[int]:
    (twice,) = struct.unpack_from(">H", font, start + 6)
    count = twice // 2
    lasts = struct.unpack_from(f">{count}H", font, start + 14)
    firsts = struct.unpack_from(f">{count}H", font, start + 16 + twice)
    deltas = struct.unpack_from(f">{count}H", font, start + 16 + 2 * twice)
    ranges_at = start + 16 + 3 * twice
    ranges = struct.unpack_from(f">{count}H", font, ranges_at)
    for number in range(count):
        for point in range(firsts[number], lasts[number] + 1):
            glyph = point + deltas[number]
            if ranges[number]:
                place = ranges_at + 2 * number + ranges[number] + 2 * (point - firsts[number])
                (glyph,) = struct.unpack_from(">H", font, place)
            # Glyph 0 is the empty box that stands for what is missing.
            if glyph & 0xFFFF:
                yield point
