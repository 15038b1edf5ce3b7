"""Bytes on disk under the hash of their content."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.store import Blobs


@settings(max_examples=25)
@given(pieces=st.lists(st.binary(), max_size=5))
def test_what_goes_in_comes_out(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    blobs = Blobs(tmp_path_factory.mktemp("blobs"))
    with blobs.writer() as writer:
        for piece in pieces:
            writer.write(piece)
        sha256, size = writer.finish()
    whole = b"".join(pieces)
    assert (sha256, size) == (hashlib.sha256(whole).hexdigest(), len(whole))
    with blobs.open(sha256) as kept:
        assert kept.read() == whole


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    assert blobs.put(b"hello") == blobs.put(b"hello")
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 1


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    with Blobs(tmp_path).writer() as writer:
        writer.write(b"half")
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "g" * 64, "a" * 63])
def test_only_hashes_name_blobs(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        Blobs(tmp_path).path(name)
