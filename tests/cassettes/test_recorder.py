"""From what passed over the network to a cassette: at the provider's address, and with what is known of it."""

from __future__ import annotations

import contextlib
import gzip
import io
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.cassettes.capture import capturing, plain
from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.cassettes.recorder import NotWrittenError, Recorder, at_provider
from pytest_openbanking.cassettes.scrubbing import Scrubber
from pytest_openbanking.cassettes.sorting import place_for
from tests.cassettes.recordings import PAYSERA, interaction
from tests.cassettes.verifying.bank import Answer, bank

HERE = "http://127.0.0.1:8000"
PROVENANCE = "X-OpenBanking-Provenance"


def written(folder: Path, *captured: dict[str, Any], **options: Any):
    recorder = Recorder(folder, Scrubber(), **options)
    return read_cassette(recorder.write(Path("one.yaml"), captured, load_provider("paysera"), {HERE: PAYSERA}))


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (f"{HERE}/psd2/v1/accounts?a=1", "https://api.bank.example/v2/v1/accounts?a=1"),
        (f"{HERE}/psd2/oauth/token", "https://auth.bank.example/token"),
        (f"{HERE}/other", "https://bank.example/other"),
        (f"{HERE}/psd2?a=1", "https://api.bank.example/v2?a=1"),
        (f"{HERE}/psd21/v1", "https://bank.example/psd21/v1"),
        (f"{HERE}0/psd2/v1", None),
        ("http://127.0.0.1:9/psd2", None),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_longest_base_tells_the_providers_address(uri: str, expected: str | None, turned: bool) -> None:
    """Whichever order they come in; the Host follows, and what was called elsewhere stays."""
    bases = {
        HERE: "https://bank.example",
        f"{HERE}/psd2": "https://api.bank.example/v2",
        f"{HERE}/psd2/oauth/token": "https://auth.bank.example/token",
    }
    one = interaction(base="", path=uri)
    one["request"]["headers"] = {"hOST": ["127.0.0.1:8000"], "Accept": ["*/*"]}
    there = at_provider(one, dict(reversed(bases.items())) if turned else bases)
    host = expected.split("/")[2].partition("?")[0] if expected else "127.0.0.1:8000"
    assert there["request"] == {
        **one["request"],
        "uri": expected or uri,
        "headers": {"hOST": [host], "Accept": ["*/*"]},
    }
    assert one["request"]["uri"] == uri


@pytest.mark.parametrize(
    ("said", "expected", "origin"),
    [
        (["documented"], ["documented"], "the sandbox of pytest-openbanking"),
        (["generated", "documented"], ["generated", "documented"], "the sandbox of pytest-openbanking"),
        ([None], ["recorded"], HERE),
        (["lies"], ["generated"], "the sandbox of pytest-openbanking"),
    ],
)
def test_each_answer_keeps_its_provenance(tmp_path: Path, said, expected, origin: str) -> None:
    """A served sandbox says it in a header, which is not kept; anybody else is the provider."""
    headers = [{PROVENANCE.lower(): word} if word else {"X-A": "1"} for word in said]
    cassette = written(tmp_path, *[interaction(base=HERE, headers=each) for each in headers])
    assert [one.provenance for one in cassette.interactions] == expected
    assert cassette.metadata.recorded_from == origin
    assert not any(PROVENANCE in one.response.headers for one in cassette.interactions)


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (4000, False), (5000, False)])
def test_what_nobody_could_read_again_is_not_written(tmp_path: Path, monkeypatch, size: int, fits: bool) -> None:
    """A file has its limit, and more in it than the body."""
    monkeypatch.setattr("pytest_openbanking.cassettes.recorder.MOST_BYTES", 4096)
    monkeypatch.setattr("pytest_openbanking.cassettes.reading.MOST_BYTES", 4096)
    one = interaction(body=f'{{"text": "{"a " * (size // 2)}"}}', base=HERE)
    if fits:
        assert len(written(tmp_path, one).interactions) == 1
        return
    with pytest.raises(NotWrittenError, match=r"^it would be [\d,]+ bytes or more; a cassette holds at most 4,096$"):
        written(tmp_path, one)
    assert list(tmp_path.iterdir()) == []


def test_what_a_cassette_says_of_its_origin_holds_no_login(tmp_path: Path) -> None:
    """A base URL may carry one."""
    base = "https://jonas:geheim@sandbox.bank.example:8443"
    assert written(tmp_path, interaction(base=base)).metadata.recorded_from == "https://sandbox.bank.example:8443"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York"])
def test_a_recording_is_dated_in_utc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    """Wherever it is made."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        found = written(tmp_path, interaction()).metadata.recorded_at
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found is not None
    assert abs((datetime.now(UTC) - found).total_seconds()) < 60


@pytest.mark.parametrize(
    ("captured", "expected"),
    [
        ([interaction()], ("GET /v1/accounts", 200, None)),
        ([interaction(429, '{"tppMessages": [{"code": "ACCESS_EXCEEDED"}]}')], ("GET /v1/accounts", 429, "ACCESS_EXCEEDED")),
        ([interaction(200, '{"tppMessages": [{"code": "WARNING"}]}')], ("GET /v1/accounts", 200, None)),
        ([interaction(502, "<html>")], ("GET /v1/accounts", 502, None)),
        ([interaction(), interaction(path="/v1/consents/1")], (None, None, None)),
    ],
)  # fmt: skip
def test_a_cassette_says_what_it_shows(tmp_path: Path, captured, expected) -> None:
    """One call is of one operation; a flow of several is of the provider only."""
    about = written(tmp_path, *captured).metadata
    assert about.provider == "paysera"
    assert (about.operation, about.status, about.code) == expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (interaction(399), "success"),
        (interaction(400, "<html>"), "400-without-code"),
        (interaction(400, '{"tppMessages": [{"code": "FORMAT_ERROR"}]}'), "400-FORMAT_ERROR"),
        (interaction(500, '{"tppMessages": [{"code": "a/b"}]}'), "500-a_b"),
        (interaction(path="/undocumented"), None),
    ],
)
def test_an_answer_has_a_place_of_its_own(one, expected: str | None) -> None:
    """By status and code below its operation; what is not documented has none."""
    place = place_for(one, load_provider("paysera"))
    assert (place and place.as_posix()) == (expected and f"paysera/get-v1-accounts/{expected}.yaml")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, None),
        ("text", "text"),
        ("\u00e9".encode(), "\u00e9"),
        (bytearray(b"a"), "a"),
        (memoryview(b"a"), "a"),
        (b"\xff\x00", b"\xff\x00"),
        (io.BytesIO(b"file"), "file"),
        (io.StringIO("file"), "file"),
        (SimpleNamespace(read=lambda: b"file"), "file"),
        (iter([b"pie", "ces", b"\xc3", b"\xa9"]), "pieces\u00e9"),
        ({"a": datetime(2026, 1, 2, tzinfo=UTC)}, '{"a": "2026-01-02 00:00:00+00:00"}'),
        (12, "12"),
    ],
)
def test_bodies_of_every_library_become_text_or_bytes(body: object, expected: str | bytes | None) -> None:
    """As they would be sent; bytes only where they are no UTF-8."""
    one = plain(
        {
            "request": {"method": b"PUT", "uri": "https://bank.example", "body": body, "headers": {b"A": b"\xe9", "B": ("1", b"2")}},
            "response": {"status": {"code": "200", "message": None}, "headers": {"C": "3"}, "body": {"string": None}},
        }
    )  # fmt: skip
    assert one["request"] == {
        "method": "PUT",
        "uri": "https://bank.example",
        "body": expected,
        "headers": {"A": ["\xe9"], "B": ["1", "2"]},
    }
    assert one["response"] == {"status": {"code": 200, "message": ""}, "headers": {"C": ["3"]}, "body": {"string": ""}}


@pytest.mark.parametrize("fails", [False, True])
def test_what_passes_is_captured_unless_the_block_fails(fails: bool) -> None:
    """Each call, also where one is like another, in the order of their answers."""
    with bank(lambda _: Answer(200)) as running, contextlib.suppress(ZeroDivisionError), capturing() as captured:
        for path in ("/b", "/a", "/b"):
            httpx.get(running.origin + path)
        assert captured == []
        assert 1 / (not fails)
    called = [one["request"]["uri"].removeprefix(running.origin) for one in captured]
    assert called == ([] if fails else ["/b", "/a", "/b"])
    assert len(running.asked) == 3


def test_a_body_that_was_compressed_is_written_as_text(tmp_path: Path) -> None:
    """It is read when the cassette is reviewed, and it is served plain to whoever asks for nothing else."""
    packed = interaction(base=HERE, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})
    packed["response"]["body"]["string"] = gzip.compress(b'{"a": "plain text"}')
    (one,) = written(tmp_path, packed).interactions
    assert one.response.body == b'{"a": "plain text"}'
    assert "Content-Encoding" not in one.response.headers
    assert "!!binary" not in (tmp_path / "one.yaml").read_text()
