"""Keys that say whose they are: the prefixes that issuers give them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.detecting.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["prefixed_keys"]

WORD = r"[A-Za-z0-9_]{8,200}"
DASHED = r"[A-Za-z0-9_-]{16,250}"
# Every repetition has an upper bound: a prefix repeated through a text must not read that text again each time.
ISSUED: tuple[tuple[str, str, str], ...] = (
    *(("Stripe key", f"{kind}_{mode}_", WORD) for kind in ("sk", "rk", "pk") for mode in ("live", "test")),
    ("webhook secret", "whsec_", r"[A-Za-z0-9+/_-]{8,200}"),
    *(("GitHub token", prefix, r"[A-Za-z0-9]{20,251}") for prefix in ("ghp_", "gho_", "ghs_", "ghu_", "ghr_")),
    ("GitHub token", "github_pat_", r"[A-Za-z0-9_]{20,250}"),
    ("GitLab token", "glpat-", DASHED),
    *(("Slack token", f"xox{kind}-", r"[A-Za-z0-9-]{10,250}") for kind in "abceprs"),
    ("Slack token", "xapp-", r"[A-Za-z0-9-]{10,250}"),
    ("Slack webhook", "hooks.slack.com/services/", r"[A-Za-z0-9/]{20,80}"),
    *(("AWS key id", prefix, r"[A-Z2-7]{16}(?![A-Za-z0-9])") for prefix in ("AKIA", "ASIA")),
    ("Google API key", "AIza", r"[A-Za-z0-9_-]{35}"),
    ("Google token", "ya29.", DASHED),
    ("Google client secret", "GOCSPX-", DASHED),
    ("Google refresh token", "1//0", r"[A-Za-z0-9_-]{20,250}"),
    ("SendGrid key", "SG.", r"[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}"),
    *(("Shopify token", f"shp{kind}_", r"[a-fA-F0-9]{32}") for kind in ("at", "ca", "pa", "ss")),
    *(("Square token", prefix, r"[A-Za-z0-9_-]{20,60}") for prefix in ("sq0atp-", "sq0csp-", "sq0idp-")),
    ("npm token", "npm_", r"[A-Za-z0-9]{36}"),
    *(("DigitalOcean token", prefix, r"[a-f0-9]{64}") for prefix in ("dop_v1_", "doo_v1_", "dor_v1_")),
    ("Facebook token", "EAAC", r"[A-Za-z0-9]{20,250}"),
    ("Square token", "EAAA", r"[A-Za-z0-9_-]{56,64}(?![A-Za-z0-9_-])"),
    ("PyPI token", "pypi-AgE", r"[A-Za-z0-9_-]{40,250}"),
    ("OpenAI key", "sk-proj-", DASHED),
    ("Anthropic key", "sk-ant-", DASHED),
    ("Hugging Face token", "hf_", r"[A-Za-z]{30,40}(?![A-Za-z0-9])"),
    ("Twilio key", "SK", r"[a-f0-9]{32}(?![A-Za-z0-9])"),
    ("Mailgun key", "key-", r"[a-f0-9]{32}(?![A-Za-z0-9])"),
    ("Postman key", "PMAK-", r"[a-f0-9]{24}-[a-f0-9]{34}"),
    ("Razorpay key", "rzp_live_", r"[A-Za-z0-9]{10,30}"),
    ("Razorpay key", "rzp_test_", r"[A-Za-z0-9]{10,30}"),
    *(("Plaid token", f"access-{place}-", r"[0-9a-f]{8}-[0-9a-f-]{20,40}") for place in ("sandbox", "development")),
    ("Plaid token", "access-production-", r"[0-9a-f]{8}-[0-9a-f-]{20,40}"),
    ("Adyen key", "AQE", r"[A-Za-z0-9+/_-]{40,250}={0,2}"),
    ("Vault token", "hvs.", r"[A-Za-z0-9_-]{24,250}"),
    ("Braintree token", "access_token$", r"(?:production|sandbox)\$[a-z0-9]{8,40}\$[a-f0-9]{32}"),
    ("Linear key", "lin_api_", r"[A-Za-z0-9]{30,50}"),
    ("GoCardless token", "live_", r"[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])"),
    ("GoCardless token", "sandbox_", r"[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])"),
)
SHORTEST = 14
PATTERNS = tuple((kind, prefix, re.compile(re.escape(prefix) + tail)) for kind, prefix, tail in ISSUED)


def prefixed_keys(text: str) -> Iterator[Span]:
    """Find keys by their prefixes, at the beginning of a word."""
    if len(text) < SHORTEST:  # names of headers, and most of their values
        return
    for kind, prefix, pattern in PATTERNS:
        if prefix not in text:
            continue
        for match in pattern.finditer(text):
            if not text[max(0, match.start() - 1) : match.start()].isalnum():
                yield Span(kind, match.start(), match.end(), match[0])
