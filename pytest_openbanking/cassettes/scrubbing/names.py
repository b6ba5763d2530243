"""What a name says of its value: headers, parameters, JSON members, elements and attributes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.listing import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ERRORS", "LABELLED", "LABELS", "NUMBERS", "Names", "words"]

MOST = 10_000
SHORT_WORD = re.compile(r"[A-Za-z]{1,8}")  # `key=amount` sorts, `code=EUR` filters
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

# The kinds whose values are numbers of a known form: replaced only where the value has that form, too.
NUMBERS = frozenset({"phone", "account", "digits", "card", "aadhaar", "iban", "upi"})


def table(**kinds: str) -> dict[str, str]:
    return {name: kind for kind, names in kinds.items() for name in names.split()}


# A name that has one of these words, unless it ends with one of PLAIN.
WORDS = table(
    token="token tokens jwt jws jwe bearer csrf xsrf assertion assertions sessid jsessionid phpsessid",
    secret="secret secrets credential credentials",
    password="password passwords passwd pwd passphrase passphrases passcode",
    pin="pin pins mpin upin otp otps totp hotp cvv cvc csc cvn tan",
    signature="signature signatures hmac sig",
    cookie="cookie cookies",
    certificate="certificate certificates cert certs pem x5c",
    key="apikey",
    phone="phone phones mobile msisdn telephone cellphone whatsapp tel fax",
    account="bban routing nuban clabe kontonummer ssn gstin passport",
    card="pan pans",
    aadhaar="aadhaar aadhar",
    iban="iban ibans",
)
# A name that, without punctuation, ends so.
ENDS = {
    name: kind
    for kind, names in {
        "token": "token sessionid sessid sessionkey authtoken session xauth",
        "authorization": "authorization",
        "secret": "secret secretid credential credentials securityanswer salt seed softwarestatement",
        "password": "password passwd passphrase passwort motdepasse contrasena slaptazodis",
        "key": "apikey secretkey privatekey accesskey signingkey encryptionkey subscriptionkey authkey clientkey appkey"
        " applicationkey masterkey sharedkey hmackey servicekey webhookkey functionskey storagekey merchantkey serverkey"
        " consumerkey developerkey deploykey licensekey sshkey aeskey rsakey symmetrickey apiaccesskey accesskeyid",
        "code": "codeverifier devicecode usercode authcode authorizationcode securitycode verificationcode otpcode smscode"
        " authenticationcode confirmationcode activationcode backupcode recoverycode pincode authenticationdata",
        "token ": "assertion",
        "signature": "signature signaturevalue",
        "certificate": "certificate x509certificate clientcert x5c pkcs12 p12 pfx",
        "cookie": "cookie",
        "phone": "phonenumber mobilenumber contactnumber mobileno phoneno contactno telephone",
        "account": "accountnumber accountno accountnum accountnr acctnumber acctno acctnum acno accnumber accno bban"
        " routingnumber sortcode kontonr numerocompte numerocuenta numeroconto numerrachunku saskaitosnumeris taxid nationalid"
        " personalcode passportnumber passportno voterid drivinglicence drivinglicense socialsecuritynumber",
        "digits": "account acct",
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
    token="auth idtokenhint samlresponse sessionstate",
    signature="sig hmac",
    password="pass",
)
# A header's last word, where a member of that name need be no secret.
HEADERS = table(key="key keys", token="auth cred creds sid")
HARMLESS_KEYS = listed("idempotency idempotent sort partition routing cache surrogate public")
PLAIN = listed(
    "type types url urls uri uris endpoint endpoints in at on expires expiry expiration lifetime ttl age length size count"
    " limit format formats status state error errors message messages hint description policy policies required enabled"
    " supported verified valid validity present alg algorithm algorithms method methods name names label title scope scopes"
    " issuer version usage attempts remaining retries date time timestamp created updated kind mode provider category"
    " location header headers reset duration minutes seconds rotation issued used last4 4 param parameter input language"
    " exists changed reason configured table left sent max min"
)
# Members that say nothing by themselves: the object they are in is named.
VAGUE = listed(
    "value values number no num data raw text string plain plaintext content current new old digits identification"
)
LABELS = frozenset({"name", "key", "id", "field", "header", "property", "param", "parameter", "schemename"})
LABELLED = frozenset({"value", "val", "content", "identification", "secondaryidentification"})
ERRORS = listed("error errors message messages detail details violation violations hint fault issues problem")


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in WORD.findall(name[-200:]))


class Names:
    """What is known of names, a team's own among them."""

    def __init__(self, fields: Iterable[str] = ()) -> None:
        self.fields = frozenset(plain for field in fields if (plain := joined(field)))
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
        if self.fields and joined(name) in self.fields:
            return "secret"
        found = kind_of(name)
        if found is None and within and words(name) and words(name)[-1] in VAGUE:
            return kind_of(f"{within} {name}") or self.kind(within)
        if found is None and within and name.lower() == "id":
            return self.kind(f"{within} {name}")
        return found

    def parameter(self, name: str, value: str = "") -> str | None:
        """Return what kind of secret a parameter of a query or a form holds, or None."""
        kind = PARAMETERS.get(joined(name))
        return self.kind(name) if kind in ("code", "key") and SHORT_WORD.fullmatch(value) else kind or self.kind(name)

    def header(self, name: str) -> str | None:
        """Return what kind of secret a header holds, or None."""
        return self.kind(name) or header_kind(words(name))


def joined(name: str) -> str:
    return "".join(letter for letter in name[-200:].lower() if letter.isalnum())


@lru_cache(maxsize=4096)
def kind_of(name: str) -> str | None:
    parts = words(name)
    if not parts or parts[-1] in PLAIN:
        return None
    tail = TAIL.search("".join(parts))
    if tail:
        return ENDS[tail[1]].strip()
    if "password" in "".join(parts):
        return "password"
    return next((WORDS[word] for word in parts if word in WORDS), None)


def header_kind(parts: tuple[str, ...]) -> str | None:
    if parts[:1] == ("psu",) and parts[-1] == "id":
        return "user"
    return HEADERS.get(parts[-1]) if parts and HARMLESS_KEYS.isdisjoint(parts) else None
