"""The report as a PDF: tagged (PDF/UA-1), the same bytes each time, every foreign word inert."""

import json
from functools import cache
from importlib.resources import files

import typst

from alerts.inert import breakable, visible
from alerts.render.fonts import drawable, typefaces
from alerts.render.paper import paper
from alerts.report.values import Report
from geofence.instants import moment

# What is no text: a drawing, already made inert by its writer.
_DRAWINGS = {"map"}


def as_pdf(report: Report) -> bytes:
    """Return the report as a PDF.

    Words reach the template as JSON, never as its source, so that markup in a name is only a name.
    Raises typst.TypstError if the document can't be set, which would be a fault of the template.
    """
    data = json.dumps(_inert(paper(report)), ensure_ascii=False)
    made = typst.compile(
        _template(),
        font_paths=typefaces(),
        ignore_system_fonts=True,
        sys_inputs={"report": data},
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=moment(report.horizon).replace(microsecond=0),
    )
    if not isinstance(made, bytes):
        raise AssertionError("typst returns one file for a PDF")
    return made


@cache
def _template() -> bytes:
    return (files("alerts.render") / "report.typ").read_bytes()


def _inert(value: object) -> object:
    match value:
        case str():
            return breakable(visible(value, drawable()))
        case dict():
            return {key: part if key in _DRAWINGS else _inert(part) for key, part in value.items()}
        case list() | tuple():
            return [_inert(part) for part in value]
        case _:
            return value
