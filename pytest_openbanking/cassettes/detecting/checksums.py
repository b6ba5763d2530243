"""Check digits: Luhn (cards), modulo 97 (IBANs), Verhoeff (Aadhaar)."""

from __future__ import annotations

__all__ = ["luhn", "modulo_97", "verhoeff"]

DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def dihedral(left: int, right: int) -> int:
    """Multiply in the group of a pentagon's turns (0 to 4) and flips (5 to 9)."""
    if left < 5:
        return (left + right) % 5 + (5 if right >= 5 else 0)
    return (left - right) % 5 + (0 if right >= 5 else 5)


def permutations() -> tuple[tuple[int, ...], ...]:
    step = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    rows = [tuple(range(10))]
    for _ in range(7):
        rows.append(tuple(step[digit] for digit in rows[-1]))
    return tuple(rows)


PERMUTATIONS = permutations()


def luhn(digits: str) -> bool:
    """Tell whether the last digit of a card's number is right."""
    total = sum(int(digit) for digit in digits[-1::-2]) + sum(DOUBLED[int(digit)] for digit in digits[-2::-2])
    return total % 10 == 0


def modulo_97(iban: str) -> bool:
    """Tell whether an IBAN, without spaces, has the right check digits."""
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1


def verhoeff(digits: str) -> bool:
    """Tell whether the last digit of an Aadhaar number is right."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = dihedral(check, PERMUTATIONS[place % 8][int(digit)])
    return check == 0
