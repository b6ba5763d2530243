"""Who issues numbers, and of what length: payment cards and IBANs."""

from __future__ import annotations

import re

from pytest_openbanking.cassettes.scrubbing.listing import listed

__all__ = ["IBAN_LENGTHS", "is_card"]

# Payment cards by first digits, from the networks' published ranges. Thirteen-digit cards are no longer issued, and
# would be met in every second EAN; cards that begin with a one would be met in every timestamp.
CARD = re.compile(
    r"4(?:[0-9]{15}|[0-9]{18})"  # Visa
    r"|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|(?:6011|64[4-9][0-9]|65[0-9]{2})[0-9]{12}(?:[0-9]{3})?"  # Discover, RuPay
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}(?:[0-9]{3})?"  # JCB
    r"|3(?:0[0-59]|[689][0-9])[0-9]{11}(?:[0-9]{2})?"  # Diners Club
    r"|62[0-9]{14,17}"  # UnionPay
    r"|(?:60[0-9]{2}|508[5-9]|8[12][0-9]{2})[0-9]{12}"  # RuPay
    r"|220[0-4][0-9]{12,15}"  # Mir
    r"|(?:5018|5020|5038|5893|6304|6759|50[67][0-9]|5[6-8][0-9]{2}|67[0-9]{2})[0-9]{12,15}"  # Maestro, Verve
    r"|9792[0-9]{12}"  # Troy
)

IBAN_LENGTHS = {
    entry[:2]: int(entry[2:])
    for entry in listed(
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24"
        " FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32"
        " LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24"
        " RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
        " DZ26 AO25 BF28 BJ28 CF27 CG27 CI28 CM27 CV25 GA27 GN25 GQ27 GW25 IR26 KM27 MA28 MG27 ML28 MZ25 NE28 SN28 TD27 TG28"
    )
}


def is_card(digits: str) -> bool:
    """Tell whether digits have the first ones and the number of a payment card; the check digit is not looked at."""
    return CARD.fullmatch(digits) is not None
