"""Answers that are files: those a browser keeps, and those of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO

from fastapi.responses import Response, StreamingResponse

from app.artifacts import APPENDIX, HTML, JSON, PDF, SARIF
from app.web.headers import REPORT_POLICY

CHUNK = 2**16
MEDIA_TYPES = {
    JSON: "application/json",
    HTML: "text/html; charset=utf-8",
    SARIF: "application/sarif+json",
    APPENDIX: "application/pdf",
    PDF: "application/pdf",
}


def attachment(data: bytes | str, media_type: str, name: str) -> Response:
    """A small file."""
    return Response(data, media_type=media_type, headers=_named(name))


def report_file(data: bytes, name: str, headers: Mapping[str, str] | None = None) -> Response:
    """A file of a report, with headers that let it run and load nothing."""
    safe = {"Content-Security-Policy": REPORT_POLICY}
    return Response(data, media_type=MEDIA_TYPES[name], headers={**(headers or {}), **safe})


def streamed(file: IO[bytes], media_type: str, name: str) -> StreamingResponse:
    """A large file of somebody's own, closed at its end; nothing on the way keeps it."""
    headers = _named(name) | {"Cache-Control": "no-store"}
    return StreamingResponse(_chunks(file), media_type=media_type, headers=headers)


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
