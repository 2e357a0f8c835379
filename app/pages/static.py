"""Our own style and script; nothing is fetched from anybody else."""

from __future__ import annotations

import os
from typing import Any

from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from app.web.rendering import PAGES


class _Cached(StaticFiles):
    """Files a browser may keep for an hour; the pages themselves are never stored."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response


def static_files() -> StaticFiles:
    """The application that answers under /static."""
    return _Cached(directory=os.fspath(PAGES / "static"))
