"""What a name says of its value: headers, parameters, JSON members, elements and attributes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.listing import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["EITHER", "ERRORS", "LABELLED", "LABELS", "NUMBERS", "THROUGH", "Names", "words"]

MOST = 10_000
SHORTEST_CODE = 6  # digits: ?code=4000 is an error's
SHORT_WORD = re.compile(r"[A-Za-z]{1,8}")  # `key=amount` sorts, `code=EUR` filters
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

# The kinds whose values are numbers of a known form: replaced only where the value has that form, too.
NUMBERS = frozenset({"phone", "account", "routing", "digits", "card", "aadhaar", "iban", "upi"})


def table(**kinds: str) -> dict[str, str]:
    return {name: kind for kind, names in kinds.items() for name in names.split()}


# A name that has one of these words, unless it ends with one of PLAIN.
WORDS = table(
    token="token tokens jwt jws jwe bearer csrf xsrf assertion assertions sessid jsessionid phpsessid",
    secret="secret secrets credential credentials",
    password="password passwords passwd pwd pw passphrase passphrases passcode",
    pin="pin pins mpin upin tpin ipin otp otps totp hotp cvv cvc csc cvn tan",
    signature="signature signatures hmac sig",
    cookie="cookie cookies",
    certificate="certificate certificates cert certs pem x5c",
    key="apikey",
    phone="phone phones mobile msisdn telephone cellphone whatsapp tel fax gsm sms mob",
    routing="routing",
    digits="acc",
    account="bban nuban clabe kontonummer ssn gstin passport",
    card="pan pans",
    aadhaar="aadhaar aadhar",
    iban="iban ibans",
)
# A name that, without punctuation, ends so.
ENDS = {
    name: kind
    for kind, names in {
        "token": "token sessionid sessid sessionkey authtoken session sess xauth authid authreqid",
        "authorization": "authorization",
        "secret": "secret secretid credential credentials answer memorableword salt seed mnemonic softwarestatement magiclink"
        " resetlink challengeresponse mfaresponse",
        "password": "password passwd passphrase passwort kennwort motdepasse contrasena slaptazodis userpass passcode haslo",
        "key": "apikey secretkey privatekey accesskey signingkey encryptionkey subscriptionkey authkey clientkey appkey"
        " applicationkey masterkey sharedkey hmackey servicekey webhookkey functionskey storagekey merchantkey serverkey"
        " consumerkey developerkey deploykey licensekey sshkey aeskey rsakey symmetrickey apiaccesskey accesskeyid saltkey"
        " checksumkey hashkey enckey privkey",
        "code": "codeverifier devicecode usercode authcode authorizationcode securitycode verificationcode"
        " cardverificationvalue otpcode smscode authenticationcode confirmationcode activationcode backupcode recoverycode"
        " accesscode mfacode authenticationdata",
        "token ": "assertion",
        "signature": "signature signaturevalue",
        "certificate": "certificate x509certificate clientcert x5c pkcs12 p12 pfx",
        "cookie": "cookie",
        "phone": "phonenumber mobilenumber contactnumber mobileno phoneno phno contactno telephone cell cellnumber cellno"
        " landline contact telefon telefonnummer mobilnummer handy handynummer phn",
        "account": "accountnumber accountno accountnum accountnr acctnumber acctno acctnum acctid acno accnumber"
        " accno accnum bban cbu nrb nrrachunku rekeningnummer contocorrente rib cuenta accountidentification accountidentifier"
        " sortcode kontonr numerocompte numerocuenta numeroconto numerrachunku saskaitosnumeris taxid nationalid"
        " personalcode passportnumber passportno voterid drivinglicence drivinglicense socialsecuritynumber",
        "routing": "routingnumber routingno",
        "digits": "account acct accnt",
        "card": "cardnumber cardno cardnum primaryaccountnumber",
        "aadhaar": "aadhaarnumber aadharnumber aadhaarno aadharno",
        "iban": "iban",
        "upi": "upi vpa upiid vpaid upiaddress",
    }.items()
    for name in names.split()
}
TAIL = re.compile(f"({'|'.join(sorted(ENDS, key=len, reverse=True))})s?$")
# Parameters of queries and forms only: a JSON member `code` is the provider's error code.
PARAMETERS = table(
    code="code oauthverifier",
    key="key",
    token="auth idtokenhint samlresponse sessionstate response sid tok ticket requesturi",
    signature="sig sign mac hmac",
    password="pass",
)
# A header's last word, where a member of that name need be no secret.
HEADERS = table(key="key keys", token="auth cred creds sid ticket", password="pass", authorization="authentication")
# Of members, where a parameter of that name might be anything.
MEMBERS = table(password="pass", token="sid")
HARMLESS_KEYS = listed("idempotency idempotent sort partition routing cache surrogate public")
PLAIN = listed(
    "type types url urls uri uris endpoint endpoints in at on expires expiry expiration lifetime ttl age length size count"
    " limit format formats status state error errors message messages hint description policy policies required enabled"
    " supported verified valid validity present alg algorithm algorithms method methods name names label title scope scopes"
    " issuer version usage question questions attempts remaining retries date time timestamp created updated kind mode provider"
    " category location header headers reset duration minutes seconds rotation issued used last4 4 param parameter input language"
    " exists changed reason configured table left sent max min serial change changes"
)
# Members that say nothing by themselves: the object they are in is named.
VAGUE = listed(
    "value values number no num data raw text string plain plaintext content current new old digits identification"
)
# Members that say what another one of the same object holds, that other one, and those that may be either.
LABELS = listed("name key id field header property param parameter schemename scheme type idtype identifiertype")
LABELLED = listed("value val content identification secondaryidentification number rejectedvalue rejected_value")
EITHER = listed("id code")
# Objects that are called after nothing in particular: the object they are in is named.
THROUGH = listed("other othr id identification")
# The place in a list that comes next; a long one may say more.
PAGED = re.compile(r"(?:page|next|prev|previous|continuation|cursor|sync)_?-?tokens?$", re.IGNORECASE)
ONCE = listed("mfa otp sms twofactor tfa")  # objects whose `code` is good once
ANSWERS = re.compile(r"answers?$", re.IGNORECASE)
ERRORS = listed("error errors message messages detail details violation violations hint fault issues problem")


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in WORD.findall(name[-200:]))


class Names:
    """What is known of names, a team's own among them."""

    def __init__(self, fields: Iterable[str] = ()) -> None:
        self.fields = frozenset(plain for field in fields if (plain := singular(field)))
        self.found: dict[tuple[str, str], str | None] = {}

    def kind(self, name: str, within: str = "") -> str | None:
        """Return what kind of secret a header or member of this name holds, or None."""
        key = name, within
        if key not in self.found:
            if len(self.found) == MOST:
                self.found.clear()
            self.found[key] = self.sought(name, within)
        return self.found[key]

    def sought(self, name: str, within: str) -> str | None:
        if self.is_field(name) or self.is_field(within):
            return "secret"
        if PAGED.search(name):
            return "page"
        found = kind_of(name) or MEMBERS.get(joined(name))
        if found == "pin" and "address" in within.lower():
            return "postal"
        if found is None and ANSWERS.search(within):
            return "secret"
        if name.lower() == "code" and joined(within) in ONCE:
            return "code"
        if found is None and within and words(name) and words(name)[-1] in VAGUE:
            return kind_of(f"{within} {name}") or self.kind(within)
        if found is None and within and name.lower() == "id":
            return self.kind(f"{within} {name}")
        return found

    def is_field(self, name: str) -> bool:
        """Tell whether a name is one of the team's own, in the singular or plural, as a header or a member."""
        return bool(self.fields) and singular(name) in self.fields

    def parameter(self, name: str, value: str = "") -> str | None:
        """Return what kind of secret a parameter of a query or a form holds, or None."""
        kind = PARAMETERS.get(joined(name))
        if kind == "code" and value.isdecimal() and len(value) < SHORTEST_CODE:
            return None
        is_word = kind in ("code", "key", "token") and SHORT_WORD.fullmatch(value)
        return self.kind(name) if is_word else kind or self.kind(name)

    def header(self, name: str) -> str | None:
        """Return what kind of secret a header holds, or None."""
        return self.kind(name) or header_kind(words(name))


def joined(name: str) -> str:
    return "".join(letter for letter in name[-200:].lower() if letter.isalnum())


def singular(name: str) -> str:
    return joined(name).removeprefix("x").removesuffix("s")


@lru_cache(maxsize=4096)
def kind_of(name: str) -> str | None:
    parts = words(name)
    if not parts or parts[-1] in PLAIN:
        return None
    whole = "".join(parts)
    if whole.endswith("pincode"):
        return "postal"
    tail = TAIL.search(whole) or TAIL.search(whole.rstrip("0123456789"))
    if tail:
        return ENDS[tail[1]].strip()
    if parts[-1] == "id" and parts[-2:-1] in (("credential",), ("credentials",)):
        return None
    if "password" in whole:
        return "password"
    kinds = [WORDS[word] for word in parts if word in WORDS]
    return next((kind for kind in kinds if kind not in NUMBERS), kinds[0] if kinds else None)  # telephonePin


def header_kind(parts: tuple[str, ...]) -> str | None:
    if parts[:1] == ("psu",) and parts[-1] == "id" and "device" not in parts:
        return "user"
    return HEADERS.get(parts[-1]) if parts and HARMLESS_KEYS.isdisjoint(parts) else None
