"""Amounts in the smallest unit of a currency, as people write them."""

from decimal import Decimal

from hub.locales import number

_NO_CENTS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"})
_MILLS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def decimals(currency: str) -> int:
    """How many places come after the point (ISO 4217)."""
    if currency in _NO_CENTS:
        return 0
    return 3 if currency in _MILLS else 2


def written(amount: int, currency: str, language: str = "en") -> str:
    """`EUR 1,234.50`, in Dutch `EUR 1.234,50`. Exact for any amount."""
    return f"{currency} {number(Decimal(amount).scaleb(-decimals(currency)), language)}"
