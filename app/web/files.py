"""Answers that a browser keeps as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from fastapi.responses import Response, StreamingResponse

CHUNK = 2**16


def attachment(data: bytes | str, media_type: str, name: str) -> Response:
    """A small file."""
    return Response(data, media_type=media_type, headers=_named(name))


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
