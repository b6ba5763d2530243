"""Text of others made safe to look at: what cannot be seen, or would reorder what can, is written out."""

from __future__ import annotations

import re

__all__ = ["visible"]

LONGEST = 4000  # characters; a page is for people, and the JSON report has the whole
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """Return the text with control, bidirectional and lone surrogate characters as escapes, and not endlessly long."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… ({len(text) - LONGEST:,} more characters)"
    return UNSEEN.sub(escape, text)


def escape(found: re.Match[str]) -> str:
    return f"\\u{{{ord(found[0]):04x}}}"
