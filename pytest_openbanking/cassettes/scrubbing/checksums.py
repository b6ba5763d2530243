"""Check digits: Luhn (cards), Verhoeff (Aadhaar), mod 97 (IBAN), and those of GSTINs and of American routing numbers."""

from __future__ import annotations

__all__ = [
    "aba_digit",
    "aba_valid",
    "gstin_letter",
    "iban_check",
    "iban_valid",
    "luhn_digit",
    "luhn_valid",
    "verhoeff_digit",
    "verhoeff_valid",
]

DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TURNED = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def luhn_valid(digits: str) -> bool:
    return luhn_digit(digits[:-1]) == digits[-1]


def luhn_digit(digits: str) -> str:
    """Return the digit to append."""
    numbers = [int(digit) for digit in reversed(digits)]
    return str(-(sum(numbers[1::2]) + sum(DOUBLED[number] for number in numbers[0::2])) % 10)


def verhoeff_valid(digits: str) -> bool:
    return verhoeff_digit(digits[:-1]) == digits[-1]


def verhoeff_digit(digits: str) -> str:
    """Return the digit to append."""
    check = 0
    for place, digit in enumerate(reversed(digits), start=1):
        check = times(check, turned(int(digit), place % 8))
    return str(check if check > 4 else -check % 5)  # the inverse


def times(one: int, other: int) -> int:
    """Multiply in the dihedral group of the pentagon."""
    if one < 5:
        return (one + other) % 5 if other < 5 else (one + other) % 5 + 5
    return (one - other) % 5 + 5 if other < 5 else (one - other) % 5


def turned(digit: int, turns: int) -> int:
    for _ in range(turns):
        digit = TURNED[digit]
    return digit


def aba_valid(digits: str) -> bool:
    return len(digits) == 9 and aba_digit(digits[:-1]) == digits[-1]


def aba_digit(digits: str) -> str:
    """Return the digit to append to the first eight of a routing number: weights of 3, 7 and 1."""
    return str(-sum(int(digit) * (3, 7, 1)[place % 3] for place, digit in enumerate(digits)) % 10)


def iban_valid(iban: str) -> bool:
    return remainder(iban[4:] + iban[:4]) == 1


def iban_check(country: str, bban: str) -> str:
    """Return the two check digits."""
    return f"{98 - remainder(bban + country + '00'):02}"


def remainder(text: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in text)) % 97


def gstin_letter(body: str) -> str:
    """Return the letter or digit to append to the first fourteen of a GSTIN."""
    products = [int(letter, 36) * (1 + place % 2) for place, letter in enumerate(body)]
    return LETTERS[-sum(product // 36 + product % 36 for product in products) % 36]
