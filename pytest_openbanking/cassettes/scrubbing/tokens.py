"""Secrets that are known by their look: JWTs, PEM blocks, API keys with a prefix, `Bearer` and `Basic` in a text."""

from __future__ import annotations

import re

from pytest_openbanking.cassettes.scrubbing.edits import Edit
from pytest_openbanking.cassettes.scrubbing.listing import listed
from pytest_openbanking.cassettes.scrubbing.stand_ins import StandIns, basic_text

__all__ = ["api_keys", "bearers", "jwts", "pems"]

DOTTED = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++(?:\.{1,2}[A-Za-z0-9_-]++){1,4}+")
HEADER = re.compile(r"ey[JA]|ew[0ok]")
MARKER = re.compile(r"-----(BEGIN|END) ([A-Z0-9 ]{1,60})-----")
UNENDED = re.compile(r"(?:[A-Za-z0-9+/=:,\s-]|\\[nr])*+")
GAP = re.compile(r"(?:\s|\\[nr])*")

PREFIXES = listed(
    "sk_ pk_ rk_ whsec_ ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox xapp- AKIA ASIA AIza ya29. SG. shp npm_ pypi- dop_v1_"
    " hf_ sk- sq0 EAAA EAAC ATATT rzp_ hvs. AGE-SECRET-KEY- PMAK- AQE doo_v1_ dor_v1_ live_ sandbox_ access_token$"
    " hooks.slack.com/ SK MII -sandbox- -production- -development- GOCSPX- dckr_pat_ lin_api_ 1// NRAK- key-"
)
GATE = re.compile("|".join(map(re.escape, sorted(PREFIXES))))
KEY = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:[spr]k_(?:live|test)_|whsec_|gh[opusr]_|github_pat_|glpat-|xox[a-z]-|xapp-|npm_|pypi-|dop_v1_|hf_"
    r"|shp(?:at|ss|ca|pa)_|sq0[a-z]{3}-|GOCSPX-|dckr_pat_|lin_api_|rzp_(?:live|test)_|do[or]_v1_)[A-Za-z0-9_-]{8,}+"
    r"|(?:AKIA|ASIA)[A-Z0-9]{12,}+|AIza[A-Za-z0-9_-]{30,}+|ya29\.[A-Za-z0-9._-]{8,}+|1//0[A-Za-z0-9_-]{20,}+"
    r"|SG\.[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{8,}+|sk-[A-Za-z0-9_-]{20,}+|EAAA[A-Za-z0-9_-]{40,}+|ATATT[A-Za-z0-9_=-]{20,}+"
    r"|NRAK-[A-Z0-9]{20,}+|key-[0-9a-f]{32}|hvs\.[A-Za-z0-9_-]{20,}+|AGE-SECRET-KEY-1[A-Z0-9]{20,}+|SK[0-9a-f]{32}(?![0-9A-Za-z])"
    r"|EAAC[A-Za-z0-9]{20,}+|PMAK-[0-9a-f-]{40,}+|AQE[A-Za-z0-9+/_-]{40,}+={0,2}|(?:live|sandbox)_[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])"
    r"|access_token\$(?:production|sandbox)\$[a-z0-9]{8,}+\$[0-9a-f]{32}|hooks\.slack\.com/services/[A-Za-z0-9/]{20,}+"
    r"|MII[A-Za-z0-9+/_-]{60,}+={0,2}"  # a certificate or key in DER, without the edges of PEM
    r"|(?:access|public|link|processor)-(?:sandbox|development|production)-[0-9a-f-]{20,}+)"
)
SCHEME = re.compile(
    r"(?:[Bb]earer|BEARER)\s{1,4}([A-Za-z0-9._~+/-]{16,}+=*)|(?:[Bb]asic|BASIC)\s{1,4}([A-Za-z0-9+/]{8,}+=*)"
)


def jwts(text: str, stand_ins: StandIns) -> list[Edit]:
    if "ey" not in text and "ew" not in text:
        return []
    return [edit for match in DOTTED.finditer(text) if (edit := jwt(match, stand_ins))]


def jwt(match: re.Match[str], stand_ins: StandIns) -> Edit | None:
    header = HEADER.search(match[0].partition(".")[0])
    if header is None or len(match[0]) - header.start() < 20:
        return None
    start = match.start() + header.start()
    return Edit(start, match.end(), stand_ins.jwt(match.string[start : match.end()]))


def pems(text: str, stand_ins: StandIns) -> list[Edit]:
    if "-----BEGIN " not in text:
        return []
    edits: list[Edit] = []
    begin: re.Match[str] | None = None
    for marker in MARKER.finditer(text):
        if begin and marker[1] == "END":
            edits.append(pem(text, begin, marker.end(), stand_ins))
            begin = None
        elif begin:
            edits.append(pem(text, begin, unended(begin, marker.start()), stand_ins))
        if marker[1] == "BEGIN":
            begin = marker
    return [*edits, pem(text, begin, unended(begin, len(text)), stand_ins)] if begin else edits


def pem(text: str, begin: re.Match[str], end: int, stand_ins: StandIns) -> Edit:
    gap = GAP.match(text, begin.end())
    return Edit(begin.start(), end, stand_ins.pem(begin[2], text[begin.start() : end], gap[0] if gap else ""))


def unended(begin: re.Match[str], limit: int) -> int:
    rest = UNENDED.match(begin.string, begin.end(), limit)
    return rest.end() if rest else limit


def api_keys(text: str, stand_ins: StandIns) -> list[Edit]:
    if not GATE.search(text):
        return []
    return [Edit(*match.span(), stand_ins.opaque("key", match[0])) for match in KEY.finditer(text)]


def bearers(text: str, stand_ins: StandIns) -> list[Edit]:
    if not ("earer" in text or "asic" in text or "BEARER" in text or "BASIC" in text):
        return []
    return [edit for match in SCHEME.finditer(text) if (edit := bearer(match, stand_ins))]


def bearer(match: re.Match[str], stand_ins: StandIns) -> Edit | None:
    if match[1] and any(letter.isdigit() for letter in match[1]):
        return Edit(*match.span(1), stand_ins.opaque("token", match[1]))
    if match[2] and ":" in basic_text(match[2]):
        return Edit(*match.span(2), stand_ins.basic(match[2]))
    return None
