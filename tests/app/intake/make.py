"""Builders of uploads: notebooks, zips and tars with defaults that pass intake."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Mapping, Sequence

from app.intake import Rejected, unpack
from graders.model.submission import Submission

PACKAGES = frozenset({"numpy", "pandas", "sklearn", "joblib", "lightgbm", "pytest"})
PIPELINE = """\
def train(data, model_dir):
    pass

def evaluate(data):
    return {"roc_auc": 0.5}

def predict(data, model_dir):
    return [0.5] * len(data)
"""


def notebook(*cells: str, fmt: int = 4, language: str = "python") -> bytes:
    """A notebook of these code cells; one that starts with `#md` is a markdown cell."""
    made = [_cell(text, fmt) for text in cells]
    metadata = {"kernelspec": {"name": "k", "display_name": "k", "language": language}}
    if fmt == 3:
        book: dict[str, object] = {"worksheets": [{"cells": made, "metadata": {}}], "metadata": {"name": ""}}
    else:
        book = {"cells": made, "metadata": metadata}
    return json.dumps({**book, "nbformat": fmt, "nbformat_minor": 0}).encode()


def _cell(text: str, fmt: int) -> dict[str, object]:
    if text.startswith("#md"):
        return {"cell_type": "markdown", "metadata": {}, "source": text}
    if fmt == 3:
        lines = text.splitlines(keepends=True)
        return {"cell_type": "code", "input": lines, "outputs": [], "language": "python", "collapsed": False}
    return {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None}


def zipped(files: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_large_end(data: bytes, count: int | None = None) -> bytes:
    """The zip with the end that large ones have, as some programs write it always; it may claim more entries."""
    at = data.rindex(b"PK\x05\x06")
    entries, size, start = struct.unpack_from("<HII", data, at + 10)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, count or entries, size, start)
    return data[:at] + record + struct.pack("<4sIQI", b"PK\x06\x07", 0, at, 1) + data[at:]


def zip_member(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def tarred(members: Sequence[tarfile.TarInfo | tuple[str, str]], fmt: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=fmt) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1].encode())
                archive.addfile(info, io.BytesIO(member[1].encode()))
    return gzip.compress(buffer.getvalue())


def refusal(data: bytes, name: str = "work.zip") -> Rejected:
    """The refusal that unpacking gives; fails the test where there is none."""
    try:
        unpack(data, name, PACKAGES)
    except Rejected as refused:
        return refused
    raise AssertionError("accepted")


def accepted(data: bytes, name: str = "work.zip") -> Submission:
    return unpack(data, name, PACKAGES)
