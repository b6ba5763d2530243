"""The log records of an exchange are seen, and nobody else sees more of them than before."""

import logging

import pytest

from pytest_openbanking.opening import open_sandbox
from pytest_openbanking.records import LogRecords


@pytest.fixture
def sandbox():
    """An open sandbox."""
    with open_sandbox("paysera") as sandbox:
        yield sandbox


@pytest.fixture
def records(sandbox):
    """An attached collector."""
    records = LogRecords(sandbox)
    records.attach()
    yield records
    records.detach()


@pytest.mark.parametrize("level", ["debug", "info", "warning"])
def test_every_level_is_seen(records, level):
    """A token at debug level is a leak as well."""
    getattr(logging.getLogger("acme.bank"), level)("token %s", "secret")
    assert records.texts == ["token secret"]


def test_a_traceback_in_a_record_is_seen(records):
    """logger.exception prints what the exception says."""
    try:
        raise ValueError("secret")
    except ValueError:
        logging.getLogger("acme").exception("failed")
    assert "ValueError: secret" in records.texts[0]


def test_a_logger_that_does_not_propagate_is_seen(records):
    """Its own handlers are no hiding place."""
    logger = logging.getLogger("acme.alone")
    records.detach()
    logger.propagate = False
    try:
        records.attach()
        logger.warning("secret")
    finally:
        logger.propagate = True
    assert records.texts == ["secret"]


def test_libraries_debug_records_are_not_the_clients(records):
    """HTTP and OAuth libraries log what they send."""
    logging.getLogger("requests_oauthlib.oauth2_session").debug("secret")
    assert records.texts == []


@pytest.fixture
def shown():
    """What another handler of the root logger gets to see."""
    seen = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(record.levelname)
    logging.getLogger().addHandler(handler)
    yield seen
    logging.getLogger().removeHandler(handler)


def test_others_see_no_more_than_before(shown, sandbox):
    """Root's level holds for them still; so do the levels of other loggers."""
    records = LogRecords(sandbox)
    chatty = logging.getLogger("acme.chatty")
    chatty.setLevel(logging.INFO)
    records.attach()
    for logger in (logging.getLogger("acme.quiet"), chatty):
        for level in ("debug", "info", "warning"):
            getattr(logger, level)("x")
    records.detach()
    chatty.setLevel(logging.NOTSET)
    assert shown == ["WARNING", "INFO", "WARNING"]
    assert len(records.texts) == 6


def test_a_level_set_meanwhile_holds(shown, caplog, sandbox):
    """caplog.set_level inside the block works, and is not undone."""
    records = LogRecords(sandbox)
    records.attach()
    caplog.set_level(logging.INFO)
    logging.getLogger("acme").info("x")
    records.detach()
    assert shown == ["INFO"]
    assert logging.getLogger().level == logging.INFO


def test_everything_is_as_it_was(records):
    """Levels, handlers and filters."""
    records.detach()
    root = logging.getLogger()
    assert root.level == logging.WARNING
    assert records not in root.handlers
    assert not any(handler.filters for handler in root.handlers)
    assert not root.isEnabledFor(logging.INFO)


def test_a_record_of_another_exchange_is_not_ours(records):
    """Overlapping exchanges each see their own."""
    with open_sandbox("aelix"):
        logging.getLogger("acme").warning("theirs")
    assert records.texts == []


def test_what_structured_logging_prints_is_seen(records):
    """extra= reaches JSON formatters."""
    logging.getLogger("acme").warning("failed", extra={"headers": {"Authorization": "secret"}})
    assert "secret" in records.texts[0]


def test_what_a_library_logs_at_info_is_seen(records):
    """Httpx logs URLs; what is in them was put there by the client."""
    logging.getLogger("httpx").info("HTTP Request: GET https://bank.example/?access_token=secret")
    assert "secret" in records.texts[0]
