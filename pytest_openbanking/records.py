"""The log records of an exchange, whatever the level, without showing any more of them to anyone else."""

from __future__ import annotations

import logging

__all__ = ["LogRecords"]

# Libraries log headers and tokens at DEBUG; that is not the client's doing.
LIBRARIES = frozenset(
    "httpx httpcore h11 h2 hpack requests urllib3 aiohttp asyncio requests_oauthlib oauthlib authlib botocore boto3"
    " tenacity backoff stamina retrying vcr respx hypothesis faker concurrent parso pyrate_limiter".split()
)


class LogRecords(logging.Handler):
    """Collects every record that reaches the root logger while it is attached."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.texts: list[str] = []
        self._levels: list[tuple[logging.Handler, int]] = []
        self._root_level = logging.WARNING

    def attach(self) -> None:
        """Let the root logger pass every record on, and hold its other handlers to the level they had."""
        root = logging.getLogger()
        self._root_level = root.level
        for handler in root.handlers:
            self._levels.append((handler, handler.level))
            if handler.level < self._root_level:
                handler.level = self._root_level
        root.addHandler(self)
        root.setLevel(logging.DEBUG)

    def detach(self) -> None:
        root = logging.getLogger()
        root.removeHandler(self)
        root.setLevel(self._root_level)
        for handler, level in self._levels:
            handler.level = level
        self._levels.clear()

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in LIBRARIES:
            return
        try:
            text = record.getMessage()
        except Exception:  # a broken format string is the client's affair
            text = f"{record.msg} {record.args}"
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        self.texts.append(text)
