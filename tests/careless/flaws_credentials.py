"""Flaws with tokens, keys and consents."""

from __future__ import annotations

from tests.careless.bank import Bank, BankError, Call

__all__ = [
    "DoubleSpace",
    "NoAuthorization",
    "RaisesOnExpiry",
    "RefreshLoop",
    "RefreshesByStatus",
    "RefreshesOnCertificate",
    "RefreshesOnConsent",
    "RefreshesOnForbidden",
    "RepeatsRefusedToken",
    "RepeatsUnderConsent",
    "TrailingBlank",
]


class RepeatsRefusedToken(Bank):
    """Backs off on a token that was refused, and sends it again."""

    def remedy(self, error: BankError, call: Call) -> str | None:
        remedy = super().remedy(error, call)
        return "backoff" if remedy == "refresh" else remedy


class RefreshLoop(Bank):
    """Refreshes again where the new token is refused as well."""

    refreshes = 4


class RefreshesOnCertificate(Bank):
    """Takes a certificate that is refused for a token."""

    def remedy(self, error: BankError, call: Call) -> str | None:
        return "refresh" if error.code.startswith("CERTIFICATE_") else super().remedy(error, call)


class RefreshesOnConsent(Bank):
    """Takes a consent that has expired for a token."""

    def remedy(self, error: BankError, call: Call) -> str | None:
        return "refresh" if error.code == "CONSENT_EXPIRED" else super().remedy(error, call)


class RefreshesOnForbidden(Bank):
    """Refreshes on every 403."""

    def remedy(self, error: BankError, call: Call) -> str | None:
        return "refresh" if error.status == 403 else super().remedy(error, call)


class RefreshesByStatus(Bank):
    """Refreshes on every 401, whatever its code."""

    def remedy(self, error: BankError, call: Call) -> str | None:
        return "refresh" if error.status == 401 else super().remedy(error, call)


class NoAuthorization(Bank):
    """Forgets the token."""

    def authorization(self) -> str | None:
        return None


class DoubleSpace(Bank):
    """Writes two spaces after the scheme."""

    def authorization(self) -> str | None:
        return f"Bearer  {self.token}"


class TrailingBlank(Bank):
    """Sends the newline's worth of blank that its token file ends in."""

    def authorization(self) -> str | None:
        return f"Bearer {self.token} "


class RepeatsUnderConsent(Bank):
    """Retries under a consent that has expired, or does not cover the account."""

    def remedy(self, error: BankError, call: Call) -> str | None:
        lost = error.code in ("CONSENT_EXPIRED", "CONSENT_INVALID")
        return "backoff" if lost else super().remedy(error, call)


class RaisesOnExpiry(Bank):
    """Raises on a token that has expired."""

    refreshes = 0
