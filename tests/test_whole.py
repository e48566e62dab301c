"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from qubudget.whole import whole_file, write_whole


def test_text_and_bytes_arrive_and_nothing_else_stays(tmp_path: Path) -> None:
    assert write_whole(tmp_path / "a.txt", "10 µW").read_bytes() == "10 µW".encode()
    write_whole(tmp_path / "a.txt", b"\x00\xff")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.txt", b"\x00\xff")]


def test_what_stood_there_stays_where_writing_fails(tmp_path: Path) -> None:
    target = write_whole(tmp_path / "a.txt", "before")
    with pytest.raises(TypeError), whole_file(target) as place:
        place.write_text(b"half")  # type: ignore[arg-type]
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.txt", "before")]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other = write_whole(tmp_path / "other.txt", "other")
    (tmp_path / "a.txt").symlink_to(other)
    write_whole(tmp_path / "a.txt", "mine")
    assert other.read_text() == "other"
    assert not (tmp_path / "a.txt").is_symlink()
