"""Cassettes are read strictly: what is wrong with one is a line with its file and line, and no tag builds anything."""

from __future__ import annotations

import base64
import gzip
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import vcr
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pytest_openbanking.cassettes.cassette import CassetteError
from pytest_openbanking.cassettes.reading import MOST_BYTES, read_cassette
from pytest_openbanking.cassettes.tree import TreeError, read_tree
from pytest_openbanking.cassettes.writing import cassette_text
from pytest_openbanking.exchange import Provenance
from tests.cassettes.recordings import interaction, recording

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
x-openbanking:
  provider: paysera
  operation: GET /v1/accounts
  status: 429
  code: ACCESS_EXCEEDED
  provenance: documented
  recorded_from: the sandbox of pytest-openbanking
  recorded_at: '2026-11-20T10:30:00Z'
  recorded_by: pytest-openbanking 0.1.0
version: 1
interactions:
- request:
    method: GET
    uri: https://open-banking-api.paysera.com/xs2a/berlin/1.3/v1/accounts
    body: null
    headers:
      Accept:
      - application/json
  response:
    status:
      code: 429
      message: Too Many Requests
    headers:
      Retry-After:
      - '86400'
      Set-Cookie:
      - a=1
      - b=2
    body:
      string: '{"tppMessages": [{"code": "ACCESS_EXCEEDED", "text": "é"}]}'
"""


@pytest.fixture
def write(tmp_path: Path):
    def write(content: str | bytes) -> Path:
        path = tmp_path / "one.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_cassette_is_read_whole(write) -> None:
    """Request, response, provenance and metadata, each with its line."""
    cassette = read_cassette(write(GOOD))
    (one,) = cassette.interactions
    assert (one.request.method, one.request.path) == ("GET", "/xs2a/berlin/1.3/v1/accounts")
    assert one.request.headers["accept"] == "application/json"
    assert one.response.status == 429
    assert one.response.headers.all("set-cookie") == ["a=1", "b=2"]
    assert one.response.body == '{"tppMessages": [{"code": "ACCESS_EXCEEDED", "text": "é"}]}'.encode()
    assert one.provenance is Provenance.DOCUMENTED
    assert (one.line, one.request_line, one.response_line, one.body_line) == (12, 13, 20, 30)
    assert cassette.metadata.code == "ACCESS_EXCEEDED"
    assert str(cassette.metadata.recorded_at) == "2026-11-20 10:30:00+00:00"


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("", 1, "is empty"),
        ("# nothing\n", 1, "is empty"),
        (GOOD[: GOOD.index("  response:")], 12, "response is missing"),
        (GOOD[: GOOD.index("ACCESS_EXCEEDED\", ")], 30, "is not valid YAML: found unexpected end of stream"),
        ("just text\n", 1, "a cassette must be a mapping, not 'just text'"),
        ("- 1\n- 2\n", 1, "a cassette must be a mapping, not a list"),
        ("[" * 5000 + "]" * 5000, 1, "is nested more than 40 deep"),
        ("[" * 42 + "]" * 42, 1, "is nested more than 40 deep"),
        ("[" * 41 + "]" * 41, 1, "a cassette must be a mapping, not a list"),
        (changed("version: 1", "version: 2"), 10, "has version 2; only vcrpy's version 1 is read"),
        (changed("version: 1", "version: '1'"), 10, "has version '1'; only vcrpy's version 1 is read"),
        (changed("version: 1\n", ""), 1, "has no version; only vcrpy's version 1 is read"),
        (GOOD + "---\nversion: 1\n", 31, "holds a second document"),
        ("version: 1\n", 1, "interactions is missing"),
        ("version: 1\ninteractions: []\n", 2, "holds no interaction"),
        ("version: 1\ninteractions: 3\n", 2, "interactions must be a list, not 3"),
        ("version: 1\ninteractions:\n- 3\n", 3, "an interaction must be a mapping, not 3"),
        ("version: 1\ninteractions:\n- request: {}\n", 3, "response is missing"),
        (changed("    uri: https://open-banking-api.paysera.com/xs2a/berlin/1.3/v1/accounts\n", ""), 13, "uri is missing"),
        (changed("https://open", "ftp://open"), 14, "uri must be a URL with https:// or http://, not 'ftp://open"),
        (changed("https://open-banking-api.paysera.com", "https://[::1"), 14, "uri must be a URL with https:// or http://, not 'https://[::1"),
        (changed("paysera.com/", "paysera.com:99999/"), 14, "uri must be a URL with https:// or http://, not 'https://open"),
        (changed("https://open-banking-api.paysera.com", "https://"), 14, "uri must be a URL with https:// or http://, not 'https:///xs2a"),
        (changed("version: 1", "version: true"), 10, "has version True; only vcrpy's version 1 is read"),
        (changed("body: null", "body: null\n    method: GET"), 16, "has the key 'method' twice"),
        (changed("method: GET", "method: [GET]"), 13, "method must be text, not a list"),
        (changed("    status:\n      code: 429\n      message: Too Many Requests\n", ""), 20, "the response has no status"),
        (changed("    status:\n      code: 429\n      message: Too Many Requests\n", "    status_code: many\n"), 20, "status code must be a whole number, not 'many'"),
        (changed("      code: 429\n", ""), 21, "the response has no status"),
        (changed("code: 429", "code: null"), 21, "the response has no status"),
        (changed("code: 429", "code: ok"), 21, "status code must be a whole number, not 'ok'"),
        (changed("code: 429", "code: true"), 21, "status code must be a whole number, not True"),
        (changed("code: 429", "code: 7"), 21, "status code 7 is no HTTP status"),
        (changed("code: 429", "code: 600"), 21, "status code 600 is no HTTP status"),
        (changed("code: 429", "code: " + "9" * 5000), 21, "status code must be a whole number, not '999"),
        (changed("- '86400'", '- "1\\r\\nX: y"'), 25, "the header 'Retry-After' holds a line break"),
        (changed("- '86400'", "- {a: 1}"), 25, "a header's value must be text, not a mapping"),
        (changed("provenance: documented", "provenance: invented"), 6, "unknown provenance 'invented'; allowed: recorded, documented, generated"),
        (changed("provenance: documented", "provenance: [recorded, generated]"), 6, "provenance has 2 entries for 1 interactions"),
        (changed("  provenance: documented\n", ""), 2, "x-openbanking has no provenance; allowed: recorded, documented, generated"),
        (changed("'2026-11-20T10:30:00Z'", "yesterday"), 8, "recorded_at must be like 2026-11-20T10:30:00Z, not 'yesterday'"),
        (changed("'2026-11-20T10:30:00Z'", "2026-11-20"), 8, "recorded_at '2026-11-20' has no time zone"),
        (changed("body: null", "body: !!python/object/apply:os.system ['true']"), 15, "has the tag !!python/object/apply:os.system; a cassette holds plain values and !!binary only"),
        (changed("body: null", "body: !!python/name:os.system"), 15, "has the tag !!python/name:os.system"),
        (changed("body: null", "body: !ruby/object:Gem::Installer {}"), 15, "has the tag !ruby/object:Gem::Installer"),
        (changed("body: null", "body: !!set {a, b}"), 15, "has the tag !!set"),
        (changed("body: null", "body: !!binary '*'"), 15, "its !!binary is no base64"),
        (changed("body: null", "body: *nothing"), 15, "the alias *nothing has no anchor"),
        (changed("body: null", "body: &a [*a]"), 15, "the alias *a holds itself"),
        (changed("body: null", "? [a]\n    : b"), 15, "has a key that is no text"),
        (changed("é", "\x01"), 30, "holds a character that YAML forbids"),
        (GOOD.replace("é", "\udcff").encode("utf-8", "surrogateescape"), 30, "is not UTF-8 at byte"),
        (GOOD.encode("utf-16"), 1, "is not UTF-8 at byte 0"),
        (gzip.compress(GOOD.encode()), 1, "is not UTF-8 at byte 1"),
    ],
)  # fmt: skip
def test_a_bad_cassette_is_one_line(write, content, line: int, said: str) -> None:
    """With its file and line, whatever is wrong with it."""
    path = write(content)
    with pytest.raises(CassetteError) as caught:
        read_cassette(path)
    text = str(caught.value)
    assert text.startswith(f"{path}:{line}: {said}"), text
    assert "\n" not in text
    assert len(text) < 400


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="cannot be read: No such file or directory"):
        read_cassette(tmp_path / "none.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path, tmp_path / "pipe.yaml"):
        with pytest.raises(CassetteError, match="cannot be read: it is no file"):
            read_cassette(path)


@pytest.mark.timeout(60)  # written out it would take hours, and all of the memory
@pytest.mark.parametrize("marks", ["[]", "{}"], ids=["lists", "mappings"])
def test_a_bomb_of_aliases_is_refused_at_once(write, marks: str) -> None:
    """Nine lists or mappings of ten, each of the one before: a billion values, were they written out."""
    names = [f"k{number}: " if marks == "{}" else "" for number in range(10)]
    bomb = "".join(
        f"  l{n}: &l{n} {marks[0]}{', '.join(f'{name}*l{n - 1}' for name in names)}{marks[1]}\n" for n in range(1, 10)
    )
    path = write(f"bomb:\n  l0: &l0 lol\n{bomb}" + GOOD)
    with pytest.raises(CassetteError, match=r":\d: holds more than 1,000,000 values, its aliases written out"):
        read_cassette(path)


def test_a_body_of_50_mb_is_refused_where_it_stands(write) -> None:
    path = write(GOOD.replace('ACCESS_EXCEEDED", ', "A" * 50_000_000 + '", '))
    with pytest.raises(CassetteError, match=f":30: is 50,000,.* bytes; a cassette holds at most {MOST_BYTES:,}$"):
        read_cassette(path)


def test_aliases_as_vcrpy_writes_them_are_read(write) -> None:
    """PyYAML refers to an object that it has written already."""
    one = yaml.safe_load(GOOD)["interactions"][0]
    path = write(yaml.dump({"interactions": [one, one], "version": 1}))
    assert "*id001" in path.read_text()
    assert len(read_cassette(path).interactions) == 2


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("null", b""),
        ("''", b""),
        ("hello", b"hello"),
        ("12", b"12"),
        ("{string: hello}", b"hello"),
        ("{string: null}", b""),
        ("!!binary " + base64.b64encode(b"\x1f\x8b\x00\xff").decode(), b"\x1f\x8b\x00\xff"),
        ("!!python/unicode 'old'", b"old"),
        ("[ab, cd]", b"abcd"),
        ("'true'", b"true"),
        ("true", b"true"),
        ("007", b"007"),
        ("! null", b"null"),
    ],
)
def test_bodies_are_read_in_every_form(write, body: str, expected: bytes) -> None:
    assert read_cassette(write(changed("body: null", f"body: {body}"))).interactions[0].request.body == expected


@pytest.mark.parametrize(
    ("uri", "header", "expected"),
    [
        ("https://bank.example/v1", "", Provenance.RECORDED),
        ("http://127.0.0.1:8000/v1", "", Provenance.GENERATED),
        ("http://127.0.0.1:8000/v1", "X-OpenBanking-Provenance: [documented]", Provenance.DOCUMENTED),
        ("http://127.0.0.1:8000/v1", "x-openbanking-provenance: [lies]", Provenance.GENERATED),
    ],
)
def test_a_cassette_of_someone_else_is_recorded_only_where_it_came_from_a_provider(
    write, uri, header, expected
) -> None:
    """Without metadata, the address and a served sandbox's header tell."""
    path = write(
        f"version: 1\ninteractions:\n- request: {{method: GET, uri: '{uri}'}}\n"
        f"  response: {{status: {{code: 200}}, headers: {{{header}}}, body: {{string: ''}}}}\n"
    )
    assert read_cassette(path).interactions[0].provenance is expected


@pytest.mark.parametrize(("code", "moment"), [("430", 2), ("430 ", 1)], ids=["moment", "size"])
def test_a_changed_file_is_read_anew(write, code: str, moment: int) -> None:
    """A cassette is read once, and again when the file has another size or moment of change."""
    path = write(GOOD)
    os.utime(path, ns=(1, 1))
    assert read_cassette(path) is read_cassette(path)
    write(changed("code: 429", f"code: {code}"))
    os.utime(path, ns=(moment, moment))
    assert read_cassette(path).interactions[0].response.status == 430


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("x-openbanking:", "\ufeffx-openbanking:"),
        ("method: GET", "method: get"),
        ("status:\n      code: 429\n      message: Too Many Requests\n", "status: 429\n"),
        ("Retry-After:\n      - '86400'", "Retry-After: '86400'"),
        ("Retry-After:\n      - '86400'", "Retry-After: 86400"),
        ("- '86400'", "- !!binary ODY0MDA="),
        ("provenance: documented", "provenance: [documented]"),
    ],
    ids=repr,
)
def test_what_tools_write_differently_reads_the_same(write, old: str, new: str) -> None:
    """An editor's byte order mark, a method in small letters, a bare status, a header without its list or in bytes."""
    as_written = read_cassette(write(GOOD)).interactions[0]
    one = read_cassette(write(changed(old, new))).interactions[0]
    assert (one.request.method, one.request.url) == (as_written.request.method, as_written.request.url)
    assert (one.response, one.provenance) == (as_written.response, as_written.provenance)


def test_the_form_that_older_vcrpys_wrote_of_httpx_is_read(write) -> None:
    """Its status and its text stand in the response itself; vcrpy still replays it."""
    body = "    body:\n      string: "
    older = changed("    status:\n      code: 429\n      message: Too Many Requests\n", "    status_code: 429\n")
    older = older.replace(body, "    http_version: HTTP/1.1\n    content: ")
    as_written = read_cassette(write(GOOD)).interactions[0]
    one = read_cassette(write(older)).interactions[0]
    assert one.response == as_written.response
    assert (one.line, one.body_line) == (as_written.line, older[: older.index("content: ")].count("\n") + 1)


def test_a_header_in_bytes_keeps_each_of_them(write) -> None:
    """As HTTP libraries do, byte by byte."""
    path = write(changed("- '86400'", "- !!binary " + base64.b64encode(b"caf\xe9").decode()))
    assert read_cassette(path).interactions[0].response.headers["Retry-After"] == "caf\xe9"


@pytest.mark.parametrize(
    ("said", "expected"),
    [("recorded", ["generated"] * 2), (["documented", "recorded"], ["documented", "generated"])],
)
def test_what_a_sandbox_of_ours_answered_is_never_read_as_recorded(tmp_path: Path, said, expected) -> None:
    """Whatever the cassette says: only a provider's own answer is."""
    about = {"provenance": said, "recorded_from": "the sandbox of pytest-openbanking"}
    cassette = read_cassette(recording(tmp_path / "one.yaml", *[interaction()] * 2, **about))
    assert [one.provenance for one in cassette.interactions] == expected


def test_each_interaction_may_have_a_provenance_of_its_own(tmp_path: Path) -> None:
    """In their order."""
    said = ["recorded", "generated", "documented"]
    cassette = read_cassette(recording(tmp_path / "one.yaml", *[interaction()] * 3, provenance=said))
    assert [one.provenance for one in cassette.interactions] == said


def test_every_plain_value_comes_back(write) -> None:
    """YAML's own words for nothing, true and numbers; all else is text."""
    tree = read_tree("a: [~, null, '', true, FALSE, 12, -3, 1.5, 0x1F, yes, 2026-11-20, 'true']")
    values = [item.value for item in tree.value["a"].value]
    assert values == [None, None, "", True, False, 12, -3, "1.5", "0x1F", "yes", "2026-11-20", "true"]


plain = st.text() | st.binary(max_size=50)
field = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=12)
headers = st.dictionaries(field.filter(bool), st.lists(field, min_size=1, max_size=2), max_size=3)


@given(body=plain, answer=plain, headers=headers)
def test_what_is_written_is_read_back_by_us_and_by_vcrpy(tmp_path_factory, body, answer, headers) -> None:
    """Any text, any bytes, any header: control characters, emoji, YAML's own marks."""
    interaction = {
        "request": {"method": "POST", "uri": "https://bank.example/v1", "body": body, "headers": headers},
        "response": {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": {"string": answer}},
    }
    path = tmp_path_factory.mktemp("cassette") / "one.yaml"
    path.write_text(cassette_text({"version": 1, "interactions": [interaction]}), "utf-8")
    (one,) = read_cassette(path).interactions
    assert one.request.body == as_bytes(body)
    assert one.response.body == as_bytes(answer)
    assert list(one.response.headers.pairs) == [(name, value) for name, values in headers.items() for value in values]
    requests, responses = vcr.serialize.deserialize(path.read_text("utf-8"), vcr.serializers.yamlserializer)
    assert requests[0].body == as_bytes(body) or (requests[0].body is None and not body)
    assert responses[0]["body"]["string"] == as_bytes(answer)


def as_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


@given(st.text(max_size=300) | st.binary(max_size=300))
def test_any_file_is_read_or_refused_in_one_line(tmp_path_factory, content) -> None:
    """Whatever the bytes, nothing but a CassetteError comes out."""
    path = tmp_path_factory.mktemp("cassette") / "one.yaml"
    path.write_bytes(as_bytes(content))
    with pytest.raises(CassetteError):
        read_cassette(path)


@given(st.text(alphabet="&*a:-[]{}!|>'\"%@# \n\t,?1~", max_size=60))
def test_any_text_of_yaml_marks_is_read_or_refused(text) -> None:
    """In one line, whatever it is."""
    with suppress(TreeError):
        read_tree(text)
