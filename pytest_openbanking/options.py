"""The markers and the command line's options, as pytest shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

__all__ = ["MARKERS", "OPTIONS", "is_given"]

MARKERS = (
    "openbanking(provider, *, raises=None, environment=None, ignore=()): simulate this provider in the test; `raises` is the "
    "exception type, or tuple of types, that the client promises; `ignore` holds rule codes or prefixes.",
    "openbanking_errors(*operations, status=None, code=None, persistence=None, faults=False): run the test, which asks for the "
    "fixture openbanking_error, once for each case of the documented errors of these operations (none named: all the "
    'provider\'s); `status` and `code` take one or several, `status` also "5xx"; `faults` adds time-outs, resets, broken bodies.',
    'openbanking_malformed(operation, *, part="request", max_examples=None): run the test, which asks for the fixture '
    "openbanking_malformed, once for each site of the operation's documented schema, a place and a rule that can be broken "
    'there; Hypothesis draws the values. part="response": the same for answers that are not as documented.',
    "openbanking_cassette(path): replay exactly this cassette, a path below cassettes/ (the team's, then the ones that come "
    'along): "paysera/get-v1-accounts/429-ACCESS_EXCEEDED". A test that asks for the fixture openbanking_error gets the cases of '
    "the errors in it; in any other one, which asks for the fixture openbanking, it answers every request.",
)

OPTIONS: dict[str, tuple[object, str, str | None, str]] = {  # with default, action and metavar
    "--openbanking-cassettes": (
        None,
        "store",
        "DIR",
        "the team's folder of recorded cassettes (default: `cassettes` in [tool.pytest-openbanking], else cassettes/)",
    ),
    "--openbanking-record": (
        False,
        "store_true",
        None,
        "let tests that use the fixture openbanking, and no openbanking_error, call the real provider, and record what "
        "it answers; OPENBANKING_BASE_URL, _TOKEN_URL, _ACCESS_TOKEN, _REFRESH_TOKEN, _API_KEY and _API_SECRET in the "
        "environment say where (default: the documented host) and as whom; OPENBANKING_PAYSERA_BASE_URL and so on, with the "
        "provider's name in capitals and _ for what is no letter or digit, for one provider alone",
    ),
    "--openbanking-report": (
        [],
        "append",
        "KIND:PATH",
        "write which documented errors are handled: html:PATH, json:PATH, md:PATH, gitlab:PATH (Code Quality), or annotations "
        "in the log of a CI service; may be given several times",
    ),
    "--openbanking-fail-under": (
        None,
        "store",
        "PERCENT",
        "fail the run, also when all tests pass, if fewer of a provider's documented errors are handled; "
        "`providers.NAME.fail-under` in [tool.pytest-openbanking] goes before it",
    ),
    "--openbanking-gate": (
        "auto",
        "store",
        "WHEN",
        "auto (the default): --openbanking-fail-under and --openbanking-baseline hold for whole runs, not for parts of the "
        "tests (-k, -m, ::, --lf, --deselect, an early stop); always: for parts as well; never: for none",
    ),
    "--openbanking-baseline": (
        None,
        "store",
        "FILE",
        "let what FILE knows of errors that are not handled be expected failures, and fail on what is new only",
    ),
    "--openbanking-baseline-update": (
        None,
        "store",
        "FILE",
        "write the errors that are not handled today to FILE, at the end of a whole run",
    ),
}


def is_given(config: pytest.Config) -> bool:
    """Tell whether the command line has any option of ours."""
    return any(config.getoption(name[2:].replace("-", "_")) != default for name, (default, *_) in OPTIONS.items())
