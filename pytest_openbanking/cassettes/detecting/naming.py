"""What the names around a value say that it is: a password, an account's number, a phone's."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = [
    "ANSWER",
    "AUTHORIZATION",
    "CODES",
    "COOKIE",
    "NUMBERS",
    "PASSWORD",
    "TOKENS",
    "is_contextual",
    "is_telling",
    "kind_of",
]

PASSWORD, ANSWER, AUTHORIZATION, COOKIE = "password", "security answer", "authorization", "cookie"
CODES = frozenset({"PIN", "one-time code", "card security code"})
NUMBERS = frozenset({"account number", "phone number"})
TOKENS = frozenset({"secret", "API key", "token", "session id"})
NUMBER = "(?:number|numero|num|nummer|no|nr|nb|nbr)"
PHONES = (
    r"(?:phone|mobile|telephone|telefone?|telefono|telephonenumber|msisdn|whats_?app|landline|contact|rufnummer|handynummer"
    r"|(?<![a-z])(?:tel|mob|cell|gsm|fax|phne|mobil|handy))"
)
ACCOUNT = r"(?:(?<![a-z])(?:acc|ac|a_c)|account|acct|acnt|konto|compte|cuenta)"
HINTS = r"(?:/=[^/]*)*"

# Patterns for names in small letters with _ between their words and / between names; what begins with = is a hint.
KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "one-time code",
            r"(?<![a-z])(?:otp|totp|hotp|[impc]?tan|push_tan|photo_tan|chip_tan|sms_tan|sca_authentication_data)\d?$"
            r"|(?<![a-z])(?:otp|sms|mfa|2fa|totp|verification|activation|two_factor|one_time)_?(?:code|value|pin|passcode)$",
        ),
        (
            "PIN",
            r"(?<![a-z])(?:[mtuia]_?)?pin(?:_?(?:code|number|no))?$|(?<![a-z])(?:upi|atm|card|login|mobile|user)pin$",
        ),
        ("card security code", r"(?<![a-z])(?:cvv|cvc|csc|cvn|cav|cid_code)2?(?:_?(?:code|number))?$|security_code$"),
        (
            ANSWER,
            r"(?:security|secret|challenge|mfa|kba|recovery|verification)_?(?:question)?_?answers?\d?$"
            r"|memorable_?(?:word|info|information|name|place|date|answer|data)$"
            rf"|(?:security|secret|challenge|mfa|question|kba)[^/]*{HINTS}/answers?$",
        ),
        (
            PASSWORD,
            r"(?:pass_?word|passwd|pwd|pass_?phrase|pass_?code|passwort|kennwort|contrasena|contraseña|mot_?de_?passe|senha)(?:_?(?:\d|confirm|confirmation|repeat|again))?$"
            r"|^(?:(?:user|login|my|db|smtp|http|auth|client|cert)_?)?pass$|(?<![a-z])(?:pw|psw)$",
        ),
        (
            "API key",
            r"(?<!idempotency_)(?<![a-z])(?:api|app|access|secret|private|auth|authentication|signing|encryption|consumer"
            r"|subscription|master|shared|hmac|session|merchant|webhook)_?key$|apikey$",
        ),
        ("secret", r"secret$|code_verifier$|device_code$|auth(?:orization|orisation)?_code$"),
        (
            "session id",
            r"(?:session|sess)_?(?:id|key|token|handle)$|(?<![a-z])(?:php|j)sess(?:ion)?_?id$|(?<![a-z])sid$"
            r"|^cookie/[^/]*(?:sess|auth|login|sso|remember)[^/]*$",
        ),
        ("token", r"token\d?$|(?<![a-z])jwt$|(?:^|/|client_|saml_|jwt_)assertion$"),
        (AUTHORIZATION, r"^(?:x_|proxy_)?(?:authorization|authentication)$"),
        (COOKIE, r"^cookie/[^/]*$"),
        (
            "account number",
            rf"{ACCOUNT}_?(?:{NUMBER}|identification|identifier)s?\d?$|(?<![a-z])(?:bban|nuban|clabe|kontonummer|kontonr)$"
            rf"|bank_?{NUMBER}$"
            rf"|{ACCOUNT}s?{HINTS}/(?:{NUMBER}|identification)$"
            rf"|{ACCOUNT}(?:/id)?/othe?r{HINTS}/(?:id|identification|{NUMBER})$"
            rf"|=[^/]*(?:account_{NUMBER}|bban){HINTS}/(?:id|identification|value)$"
            r"|(?:from|to|source|src|dest|destination|debtor|creditor|debit|credit|beneficiary|payer|payee|sender|recipient"
            rf"|receiver|remitter|counterparty|target|origin|bank)_?{ACCOUNT}$"
            rf"|(?<![a-z_]){ACCOUNT}$|^//(?:bank_)?accounts$",
        ),
        (
            "phone number",
            rf"{PHONES}_?{NUMBER}?s?(?:_?\d)?(?:_(?:home|work|primary|secondary|private))?$"
            rf"|{PHONES}(?:_?{NUMBER})?s?{HINTS}/(?:{NUMBER}|national_number|full|e164)$",
        ),
    )
)
# Tokens that a client is to send back or that a parser stumbled over.
NO_SECRET = re.compile(
    r"(?:page|next|prev|previous|continuation|cursor|sync|scroll|start|resume|unexpected|invalid|missing|unknown|bad|expired"
    r"|idempotency|paging|pagination|skip|delta|public_key)_?token$|(?:postal|area|zip)_?pin$|(?:^|/)pin_?code$|public_?key$"
)
# Names that say nothing by themselves.
VALUES = frozenset({"value", "val", "text", "_text", "content", "_", "", "rejected_value", "input"})
CONTEXTUAL = re.compile(rf"{NUMBER}|identification|id|account|answers?|national_number|full|e164")
WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^\w=]+")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Return a name in small letters, with _ between its words."""
    if name == "/":
        return name
    return re.sub("_{2,}", "_", WORDS.sub("_", name)).strip("_").lower()


@lru_cache(maxsize=4096)
def is_telling(name: str) -> bool:
    """Tell whether a name says by itself what its value is."""
    return kind_of((name,)) is not None


@lru_cache(maxsize=4096)
def is_contextual(name: str) -> bool:
    """Tell whether a name says what its value is together with the names around it."""
    leaf = plain(name)
    return leaf in VALUES or bool(CONTEXTUAL.fullmatch(leaf))


@lru_cache(maxsize=4096)
def kind_of(names: tuple[str, ...]) -> str | None:
    """Return what a value is that is reached by these names; None if they do not tell."""
    path = [plain(name) for name in names]
    if path and path[-1] in VALUES:
        return next((kind for name in reversed(path[:-1]) if (kind := kind_of_path([name.lstrip("=")]))), None)
    return kind_of_path(path)


def kind_of_path(path: list[str]) -> str | None:
    joined = "/".join(path)
    if NO_SECRET.search(joined):
        return None
    return next((kind for kind, pattern in KINDS if pattern.search(joined)), None)
