"""The picture and the table of the package's rooms name every room there is."""

from __future__ import annotations

import rooms
from tests.documents import page

STALE = "the rooms have changed: run `make diagram`"


def test_the_picture_is_that_of_the_rooms_there_are() -> None:
    assert rooms.PICTURE.read_text() == rooms.picture(), STALE


def test_the_picture_names_every_room_and_every_room_in_it() -> None:
    drawn = rooms.PICTURE.read_text()
    names = [path.parent.name for path in rooms.PACKAGE.rglob("__init__.py") if path.parent != rooms.PACKAGE]
    assert len(names) > 20
    assert [name for name in names if name not in drawn] == [], STALE


def test_the_table_of_shared_names_every_room() -> None:
    text = page("shared/README.md").read_text()
    folders = [path.parent.relative_to(rooms.PACKAGE) for path in rooms.PACKAGE.rglob("__init__.py")]
    assert [str(each) for each in folders if str(each) != "." and f"`{each}/`" not in text] == []
    modules = {path.name for path in rooms.PACKAGE.glob("[a-z]*.py")}
    assert [name for name in sorted(modules) if f"`{name}`" not in text] == []
