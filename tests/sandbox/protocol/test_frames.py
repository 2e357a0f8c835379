"""The line from the container: any bytes in any pieces, read in a bounded way."""

from __future__ import annotations

import io
import json
import struct
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.protocol import wire
from sandbox.protocol.frames import MAX_COMPLAINTS, RECEIVE, STDERR, STDOUT, Closed, Reader

frames = st.lists(st.tuples(st.sampled_from([0, STDOUT, STDERR, 9]), st.binary(max_size=50)), max_size=20)
sizes = st.lists(st.integers(1, 40), min_size=1, max_size=10)


def framed(*parts: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack(">BxxxL", kind, len(payload)) + payload for kind, payload in parts)


def reader(raw: bytes, piece_sizes: list[int] | None = None) -> Reader:
    """A reader of `raw` that receives it in pieces of the given sizes."""
    source, pieces = io.BytesIO(raw), cycle(piece_sizes or [RECEIVE])
    return Reader(lambda most: source.read(min(most, next(pieces))))


@given(frames, sizes)
def test_output_is_what_the_frames_carry(parts: list[tuple[int, bytes]], pieces: list[int]) -> None:
    """However the line cuts the frames, output comes out whole and complaints are kept apart."""
    output = b"".join(payload for kind, payload in parts if kind == STDOUT)
    line = reader(framed(*parts, (STDOUT, b"!")), pieces)
    assert line.read(len(output) + 1) == output + b"!"
    assert bytes(line.complaints) == b"".join(payload for kind, payload in parts if kind == STDERR)


@given(st.binary(max_size=200), st.integers(1, 100))
def test_rubbish_ends_as_closed(raw: bytes, wanted: int) -> None:
    """Any bytes either give what was asked for or end as Closed."""
    try:
        assert len(reader(raw).read(wanted)) == wanted
    except Closed:
        assert len(raw) < wanted + 8 * (len(raw) // 8 + 1)


def test_a_frame_that_claims_4_gb_takes_no_memory() -> None:
    """Only what has arrived is held, whatever a header claims."""
    line = reader(struct.pack(">BxxxL", STDOUT, 2**32 - 1) + b"abc")
    assert line.read(3) == b"abc"


def test_complaints_are_bounded() -> None:
    """A flood on standard error is cut."""
    line = reader(framed(*[(STDERR, b"x" * 60_000)] * 5, (STDOUT, b"ok")))
    assert line.read(2) == b"ok"
    assert len(line.complaints) == MAX_COMPLAINTS


headers = st.dictionaries(st.text(max_size=5).filter(lambda k: k != "blobs"), st.integers() | st.text(max_size=9))


@given(headers, st.lists(st.binary(max_size=30), max_size=4))
def test_a_message_comes_back(header: wire.Header, blobs: list[bytes]) -> None:
    """What is encoded is what is decoded."""
    source = io.BytesIO(wire.encode(header, blobs))
    assert wire.decode(source.read, 1000) == (header, blobs)


def message(header: object) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">I", len(text)) + text


@pytest.mark.parametrize(
    "raw",
    [
        struct.pack(">I", wire.MAX_HEADER + 1),
        message(b"{"),
        message(b"[" * 100_000),
        message([]),
        message({}),
        message({"blobs": 3}),
        message({"blobs": [-1]}),
        message({"blobs": [True]}),
        message({"blobs": ["9"]}),
        message({"blobs": [60, 60]}),
        message(b"\xff"),
    ],
)
def test_a_bad_message_is_refused(raw: bytes) -> None:
    """What no honest harness sends ends as ProtocolError, before a blob is read."""
    with pytest.raises(wire.ProtocolError):
        wire.decode(io.BytesIO(raw).read, max_blob=100)
