"""Uris of media: only what a deployment lists, plainly written, and never a private address."""

from __future__ import annotations

import pytest

from memorybank.access.media import SETTING, MediaUris, media_uris
from memorybank.errors import InvalidArgument
from memorybank.resources.content import Content, ContentEvent, FileData, Part

LISTED = media_uris("gs://uploads/public/, https://files.example.com/a/")
ANYWHERE = MediaUris(("gs://", "https://"))
"""Whatever is wrong with a uri under these is wrong wherever it leads."""


@pytest.mark.parametrize("uri", ["gs://uploads/public/cat.png", "https://files.example.com/a/b.png?x=1"])
def test_what_begins_with_a_listed_prefix_is_taken(uri: str) -> None:
    assert LISTED.refusal(uri) is None


@pytest.mark.parametrize(
    "uri",
    [
        "gs://uploads/private/cat.png",
        "gs://uploads/publicity/cat.png",
        "gs://uploads-of-others/public/cat.png",
        "https://files.example.com/b/cat.png",
        "https://files.example.com.evil.example/a/cat.png",
        "https://evil.example/?https://files.example.com/a/",
    ],
)
def test_what_is_not_listed_is_refused_by_the_name_of_the_setting(uri: str) -> None:
    assert SETTING in (LISTED.refusal(uri) or "")
    assert SETTING in (MediaUris().refusal(uri) or "")


@pytest.mark.parametrize(
    "uri",
    [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://169.254.169.254/computeMetadata/v1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[fd00:ec2::254]/",
        "https://10.0.0.7:8080/",
        "https://8.8.8.8/",
        "https://localhost/",
        "https://bank.localhost/",
        "https://metadata/",
        "https://metadata.google.internal/computeMetadata/v1/",
        "https://metadata.google.internal./computeMetadata/v1/",
        "https://METADATA.google.internal/",
        "https://vm.zone.c.project.internal/",
        "https://printer.local/",
        "https://user@files.example.com/a/",
        "https://files.example.com@127.0.0.1/a/",
        "https://files.example.com:443@evil.example/a/",
        "https://files.example.com\\@evil.example/a/",
        "https://files.example.com\\.evil.example/a/",
        "https:\\\\files.example.com\\a\\",
        "https:/files.example.com/a/",
        "https:files.example.com/a/",
        "https:///files.example.com/a/",
        "https://files.example.com",
        "https://ⓕiles.example.com/a/",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://files%2eexample.com/a/",
        "https://files.example.com/a/../b",
        "https://files.example.com/a/..",
        "https://files.example.com/a/%2e%2E/b",
        "https://files.example.com/a/..%2fb",
        "https://files.example.com/a/..?x",
        "https://files.example.com/a/\n",
        "https://files.example.com/a/b c",
        " https://files.example.com/a/",
        "http://files.example.com/a/",
        "HTTPS://files.example.com/a/",
        "file:///etc/passwd",
        "ftp://files.example.com/a/",
        "gs://uploads",
        "gs://uploads/public/../private/cat.png",
        "gs:uploads/public/",
        "data:image/png;base64,AAAA",
        "//files.example.com/a/",
        "",
    ],
)
def test_what_is_private_or_disguised_is_refused_whatever_is_listed(uri: str) -> None:
    assert ANYWHERE.refusal(uri) is not None
    assert LISTED.refusal(uri) is not None


def test_every_refused_uri_of_a_request_is_named() -> None:
    events = [_event("gs://uploads/public/a"), _event("gs://uploads/public/b", "gs://other/b")]
    with pytest.raises(InvalidArgument) as caught:
        LISTED.require(events, field="events")
    assert [each.field for each in caught.value.violations] == ["events[1].content.parts[1].fileData.fileUri"]
    [_, second] = LISTED.without_refused(events)
    assert second == _event("gs://uploads/public/b")


@pytest.mark.parametrize("setting", ["gs://uploads", "https://10.0.0.1/", "uploads/", "gs://a/,https://localhost/"])
def test_a_prefix_that_no_uri_may_have_is_refused_at_the_start(setting: str) -> None:
    with pytest.raises(InvalidArgument, match=SETTING):
        media_uris(setting)


def _event(*uris: str) -> ContentEvent:
    return ContentEvent(content=Content(parts=[Part(file_data=FileData(file_uri=uri)) for uri in uris]))
