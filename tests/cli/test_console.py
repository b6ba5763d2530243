"""The installed console script, in a process of its own."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

SCRIPT = Path(sysconfig.get_path("scripts")) / "openbanking"
RULE = '''
import pytest
from pytest_openbanking import rule

@rule("ACME101", "called on a Sunday", fix="wait for Monday")
def sunday(case, exchange, outcome):
    """the day is a Sunday"""
    return ()

def pytest_openbanking_rules():
    return [sunday]

pytest_openbanking_rules = pytest.hookimpl(pytest_openbanking_rules)
'''


def run(*command: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    return subprocess.run(
        [*map(str, command)], cwd=cwd, env=keep | environment, capture_output=True, timeout=60, check=False
    )


@pytest.mark.parametrize("command", [(SCRIPT,), (sys.executable, "-m", "pytest_openbanking")], ids=["script", "-m"])
def test_the_demo_runs_anywhere(command, tmp_path):
    """Away from the source tree; nothing on standard error, no escape codes where it is no terminal."""
    if command == (SCRIPT,) and not SCRIPT.exists():
        pytest.skip("the console script is not installed here")
    ran = run(*command, "demo", cwd=tmp_path, COLUMNS="100")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"paysera:  careful 92 of 92 handled" in ran.stdout
    assert b"\x1b" not in ran.stdout


def test_a_reader_that_leaves_early_is_no_error(tmp_path):
    """`openbanking errors paysera | head -1` says nothing of a broken pipe."""
    script = f'"{sys.executable}" -m pytest_openbanking errors paysera | head -1'
    ran = run("sh", "-c", script, cwd=tmp_path)
    assert ran.stdout.startswith(b"paysera  ")
    assert ran.stdout.count(b"\n") == 1
    assert ran.stderr == b""


def test_an_ascii_locale_shows_escapes(team):
    """What the terminal cannot write is escaped, never a traceback."""
    options = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    ran = run(sys.executable, "-m", "pytest_openbanking", "providers", cwd=team, **options)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"Acme Z\\xfcrich" in ran.stdout


def test_utf_8_is_written_as_it_is(team):
    """In any other locale."""
    ran = run(sys.executable, "-m", "pytest_openbanking", "providers", cwd=team, PYTHONUTF8="1")
    assert "Acme Zürich" in ran.stdout.decode("utf-8")


def test_rules_of_installed_packages_are_listed(tmp_path):
    """A distribution with an entry point in the group pytest_openbanking."""
    (tmp_path / "acme_rules.py").write_text(RULE, "utf-8")
    info = tmp_path / "acme_rules-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[pytest_openbanking]\nacme = acme_rules\n", "utf-8")
    listed = run(sys.executable, "-m", "pytest_openbanking", "rules", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert b"  ACME101  called on a Sunday\n" in listed.stdout
    explained = run(
        sys.executable,
        "-m",
        "pytest_openbanking",
        "explain",
        "ACME101",
        cwd=tmp_path,
        PYTHONPATH=str(tmp_path),
    )
    assert b"wait for Monday" in explained.stdout


def test_lists_start_without_any_http_library(tmp_path):
    """`providers`, `rules` and `errors` import none of the heavy dependencies."""
    heavy = "{'httpx', 'hypothesis', 'jsonschema', 'respx', 'vcr', 'asyncio'}"
    for command in (["providers"], ["rules"], ["errors", "paysera"]):
        code = (
            f"import sys; from pytest_openbanking.cli import main; main({command}); "
            f"sys.exit(str({heavy} & set(sys.modules)))"
        )
        ran = run(sys.executable, "-c", code, cwd=tmp_path)
        assert ran.stderr.strip() == b"set()"


@pytest.mark.parametrize(("name", "code"), [("careful", 0), ("careless", 1)])
def test_the_examples_are_projects_to_copy(name, code, tmp_path):
    """Copied elsewhere, their tests run as they stand: one passes, the other has findings."""
    import shutil

    from pytest_openbanking.cli.trial import examples

    shutil.copytree(examples() / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    ran = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path / name)
    assert ran.returncode == code, ran.stdout.decode()
    if code:
        assert b"OB105 retried before Retry-After had passed" in ran.stdout
        assert b"test_accounts " not in ran.stdout
