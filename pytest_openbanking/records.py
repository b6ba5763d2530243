"""The log records of an exchange, whatever the level, without showing any more of them to anyone else."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pytest_openbanking.jobs import find_scope

if TYPE_CHECKING:
    from pytest_openbanking.scope import Scope

__all__ = ["LogRecords"]

# Libraries log headers and tokens at DEBUG; that is not the client's doing. What they log at INFO, like URLs, is.
LIBRARIES = frozenset(
    [
        "httpx",
        "httpcore",
        "h11",
        "h2",
        "hpack",
        "requests",
        "urllib3",
        "aiohttp",
        "asyncio",
        "requests_oauthlib",
        "oauthlib",
        "authlib",
        "botocore",
        "boto3",
        "tenacity",
        "backoff",
        "stamina",
        "retrying",
        "vcr",
        "respx",
        "hypothesis",
        "faker",
        "concurrent",
        "parso",
        "pyrate_limiter",
    ]
)


USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_is_enabled_for = logging.Logger.isEnabledFor
_attached: list[LogRecords] = []


def _always_enabled(logger: logging.Logger, level: int) -> bool:
    return True


class Enabled(logging.Filter):
    """Keeps from a handler the records that are made for us alone."""

    def filter(self, record: logging.LogRecord) -> bool:
        root = logging.getLogger()
        logger = root.manager.loggerDict.get(record.name)
        return _is_enabled_for(logger if isinstance(logger, logging.Logger) else root, record.levelno)


class LogRecords(logging.Handler):
    """Collects every record of a scope while it is attached, of loggers that do not propagate as well.

    No level is changed: others may read it, set it and put it back meanwhile.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__(logging.NOTSET)
        self.scope = scope
        self.texts: list[str] = []
        self._joined: list[logging.Logger] = []
        self._filtered: list[logging.Handler] = []
        self._enabled = Enabled()

    def attach(self) -> None:
        """Let loggers make every record, and show the other handlers no more of them than before."""
        root = logging.getLogger()
        known = [logger for logger in list(root.manager.loggerDict.values()) if isinstance(logger, logging.Logger)]
        for logger in (root, *known):
            for handler in logger.handlers:
                handler.addFilter(self._enabled)
                self._filtered.append(handler)
            if logger is root or not logger.propagate:
                logger.addHandler(self)
                self._joined.append(logger)
        _attached.append(self)
        logging.Logger.isEnabledFor = _always_enabled  # type: ignore[method-assign, assignment]

    def detach(self) -> None:
        if self not in _attached:
            return
        _attached.remove(self)
        if not _attached:
            logging.Logger.isEnabledFor = _is_enabled_for  # type: ignore[method-assign]
        for logger in self._joined:
            logger.removeHandler(self)
        for handler in self._filtered:
            handler.removeFilter(self._enabled)
        self._joined.clear()
        self._filtered.clear()

    def emit(self, record: logging.LogRecord) -> None:
        library = record.name.partition(".")[0] in LIBRARIES and record.levelno < logging.INFO
        if library or find_scope() is not self.scope:
            return
        try:
            text = record.getMessage()
        except Exception:  # a broken format string is the client's affair
            text = f"{record.msg} {record.args}"
        extra = {name: value for name, value in vars(record).items() if name not in USUAL}
        if extra:  # what structured logging prints
            text += f" {extra}"
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        self.texts.append(text)
