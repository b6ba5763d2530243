"""Values that are no secrets beside whichever name: nothing, masks, words on the secret rather than the secret."""

from __future__ import annotations

import re

__all__ = ["SIGN", "is_placeholder"]

WORDS = """null none nil undefined true false yes no on off n/a na nan ok pass passed fail failed string str text number
integer boolean object array any date uuid example sample dummy placeholder default malformed masked hidden redacted
filtered removed deleted empty unset unknown optional required mandatory missing invalid valid expired revoked
inactive active disabled enabled incorrect wrong mismatch blank unauthorized unauthorised forbidden denied
rejected error pending locked blocked sensitive secure private public encrypted confidential include omit
same-origin bearer basic digest mac jwt opaque oauth oauth2 hmac sms email mail push app voice phone totp otp
photo chip web body header query cookie post get path session passwort kennwort contraseña senha wachtwoord
slaptažodis hasło function this return var let const typeof void new await todo tbd"""
NOTHING = frozenset(WORDS.split())
# <token>, ${token}, {{token}}, {token}, [REDACTED], %(token)s, %TOKEN%, $TOKEN, :token, @token@
TEMPLATE = (
    r"(?:bearer|basic|token) [$#]?[{<\[].*|"
    r"<[^<>]*>|[$#]?\{.*|\[[^\[\]]*\]|%\(\w+\)s|%\w+%|%[sd]|\$[A-Z_]{3,}|\$\w+\.[\w.]+|:[a-z_]+|__\w+__|@\w+@"
)
INSTRUCTION = (
    r"your[ _-].*|(?:insert|enter|replace|put|add|change)[ _-](?:your|the|this|it|here|me)\b.*|.*[ _-]here"
    r"|my[ _-](?:password|secret|token|key|api|client)[a-z _-]*"
)
# TOKEN_EXPIRED, invalid_token, too-short
CODE = (
    r"(?-i:[A-Z]{2,}(?:[_.][A-Z0-9]+)+)|(?:invalid|missing|wrong|bad|expired|unknown|too|not|no|must)(?:[_.-][a-z]{2,20}){1,4}"
    r"|(?:[a-z]{2,20}[_.-]){1,4}(?:expired|invalid|missing|required|revoked|failed|mismatch|incorrect|wrong|locked|blocked"
    r"|short|long|error|empty|exceeded|unknown)"
)
# client_secret_basic, access-token: names of secrets, rather than secrets.
NAME = (
    r"(?:access|refresh|client|id|bearer|api|session|auth|authorization|private|public|user|device|web|one[_ .-]time)"
    r"(?:[_ .-][a-z]{2,12}){0,2}[_ .-](?:token|secret|basic|post|jwt|key|password|code|credentials|id|otp|pin|type|hash|grant)"
)
MOMENT = r"\d{4}-\d\d-\d\d(?:[T ].*)?|\d{1,2}[-–]\d{1,2}|\d{1,3}(?:\.\d{1,3}){1,3}"  # noqa: RUF001
ADDRESS = r"(?:https?:/|urn:|\./|data:|#/|/\w+/)\S*|/\w+"
FORMS = re.compile("|".join((TEMPLATE, INSTRUCTION, CODE, NAME, MOMENT, ADDRESS)), re.IGNORECASE | re.DOTALL)
SIGN = re.compile(r"[A-Z]{1,6}")
MASK = re.compile(r"[*•●…#\u2217]+|[xX]{3,}|\.{3,}|_{3,}|-{3,}")
MOST_UNMASKED = 6
COMPLAINT = (
    r"must|should|shall|cannot|can't|required|invalid|missing|expired|empty|blank|characters?|digits?|minimum|maximum|field|match"
    r"|incorrect|wrong|unknown|please|forgot|at least|at most|darf|muss|nicht|ungültig|falsch|bitte|obligatoire|invalide|debe"
)
SPEECH = (
    r"may|can|not|is|are|was|be|been|has|have|contains?|the|this|an?|of|to|for|or|and|your|you|than|with|without|too|only|value"
    r"|correct|sent|enter|reset|change|confirm|new|old|current|policy|type|size|length|ist|sein|der|die|das|doit|est|pas|ne|le"
    r"|la|les|es|por|el|il"
)
COMPLAINS = re.compile(rf"\b(?:{COMPLAINT})\b", re.IGNORECASE)
SPEAKS = re.compile(rf"\b(?:{COMPLAINT}|{SPEECH})\b", re.IGNORECASE)
SPACE = re.compile(r"[\s+]+")


def is_placeholder(value: str, names: tuple[str, ...], *, spoken: bool = False) -> bool:
    """Tell whether a value stands where a secret would, and is none; `spoken` secrets may be sentences."""
    bare = value.strip(" \t\r\n\"'`,;")
    word = bare.lower().rstrip(".!?:")
    return (
        word in NOTHING
        or any(same(word, name) for name in names)
        or masked(bare)
        or bool(FORMS.fullmatch(bare))
        or speaks(bare, COMPLAINS if spoken else SPEAKS)
    )


def same(word: str, name: str) -> bool:
    """Tell whether a value only says its name again: "password": "Password"."""
    said = re.sub(r"[\W_]", "", word)
    return not said or (not said.isdigit() and re.sub(r"[\W_]", "", name.lower()).endswith(said))


def masked(value: str) -> bool:
    rest = MASK.sub("", value)
    return len(value) - len(rest) >= 3 and sum(map(str.isalnum, rest)) <= MOST_UNMASKED


def speaks(value: str, words: re.Pattern[str]) -> bool:
    """Tell whether a value is a sentence, or the first word of one."""
    return bool(words.search(SPACE.sub(" ", value)) if SPACE.search(value) else words.fullmatch(value))
