"""What stands in a cell: dates and amounts as people write them in Dutch and in English."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import phonenumbers

from hub.imports.refusal import Refused
from hub.money import decimals
from hub.references import LONGEST_NUMBER, normal

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januari jan", "february februari feb", "march maart mar mrt",
            "april apr", "may mei", "june juni jun", "july juli jul",
            "august augustus aug", "september sep sept", "october oktober oct okt",
            "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_PARTS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_NAMED = re.compile(r"(\d{1,2})\.? ([^\W\d]+)\.? (\d{4})")
_AMERICAN = re.compile(r"([^\W\d]+)\.? (\d{1,2}), (\d{4})")
_MOMENT = re.compile(
    r"(.+?)(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?"
)
_AMOUNT = re.compile(r"([+-]?)(\d(?:[\d., ]{0,18}\d)?)", re.ASCII)
_GROUP = 3
_MAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,255}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_CURRENCY = re.compile("[A-Z]{3}")
_UTC = ZoneInfo("UTC")
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}


@dataclass(frozen=True)
class Reading:
    """How cells are to be read: `month_first` for 11/30/2026, `zone` of times that name none,
    `region` of phone numbers without a country."""

    month_first: bool = False
    zone: ZoneInfo = _UTC
    region: str = "NL"


def text(value: str, column: str, most: int, *, required: bool = False) -> str:
    if required and not value:
        raise Refused("empty", column)
    if len(value) > most:
        raise Refused("too_long", column, most=most)
    return value


def number(value: str, column: str, *, required: bool = True) -> str:
    """A number that names a thing."""
    return text(normal(value), column, LONGEST_NUMBER, required=required)


def day(value: str, column: str, reading: Reading) -> date | None:
    """None for nothing. Raises Refused."""
    if not value:
        return None
    found = _date(" ".join(value.split()), month_first=reading.month_first)
    if found is None:
        raise Refused("date", column, value=value)
    return found


def moment(value: str, column: str, reading: Reading) -> datetime | None:
    """A day without a time is its first moment. None for nothing. Raises Refused."""
    if not value:
        return None
    match = _MOMENT.fullmatch(" ".join(value.split()))
    on = _date(match[1], month_first=reading.month_first) if match else None
    if match is None or on is None:
        raise Refused("time", column, value=value)
    try:
        clock = time(int(match[2] or 0), int(match[3] or 0), int(match[4] or 0))
        zone = _zone(match[5]) if match[5] else reading.zone
        return datetime.combine(on, clock, zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused("time", column, value=value) from error


def _zone(written: str) -> tzinfo:
    """Of `Z`, `+01:00` or `+0100`."""
    if written == "Z":
        return UTC
    away = timedelta(hours=int(written[1:3]), minutes=int(written[-2:]))
    return timezone(-away if written[0] == "-" else away)


def amount(value: str, column: str, currency: str) -> int:
    """In the smallest unit, exactly. Of `1.234` the point groups thousands, as no currency with
    cents has three places; where it could be both it is refused."""
    plain = " ".join(value.replace("\N{NO-BREAK SPACE}", " ").split())
    for sign, code in _SIGNS.items():
        plain = plain.replace(sign, code)
    bare = plain.removeprefix(currency).removesuffix(currency).strip().replace("- ", "-")
    places = decimals(currency)
    found = _cents(bare, places)
    if found is None:
        raise Refused("amount", column, value=value, currency=currency)
    return found


def _cents(bare: str, places: int) -> int | None:
    match = _AMOUNT.fullmatch(bare)
    if match is None:
        return None
    head, point, tail = _split(match[2], places)
    digits = _ungrouped(head)
    if digits is None or point is None or len(tail) > places:
        return None
    cents = int(digits + tail.ljust(places, "0"))
    return -cents if match[1] == "-" else cents


def _split(written: str, places: int) -> tuple[str, str | None, str]:
    """What is before and after the decimal point, and which sign that is: "" without one, None
    where it could be both."""
    signs = [character for character in written if not character.isdigit()]
    if not signs or signs[-1] == " " or signs.count(signs[-1]) > 1:
        return written, "", ""
    head, _, tail = written.rpartition(signs[-1])
    if len(signs) > 1 or len(tail) != _GROUP:
        return head, signs[-1], tail
    # One sign and three digits: thousands, unless the currency has three places.
    return written, None if places == _GROUP else "", ""


def _ungrouped(written: str) -> str | None:
    """The digits, if they are grouped by threes with one sign, or not at all."""
    signs = {character for character in written if not character.isdigit()}
    if len(signs) > 1:
        return None
    first, *others = re.split("[., ]", written)
    right = 1 <= len(first) <= _GROUP and all(len(other) == _GROUP for other in others)
    return first + "".join(others) if right or not others else None


def decimal(value: str, column: str, point: str) -> str:
    """A number with a point and no more digits than it needs. `point`: which sign stands before the
    decimals where it could be either; "" refuses `1.234` and `1,234`. Raises Refused."""
    plain = " ".join(value.replace("\N{NO-BREAK SPACE}", " ").split()).replace("- ", "-")
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        raise Refused("number", column, value=value)
    head, sign, tail = _split(match[2], 0)
    if sign == "" and head.count(".") + head.count(",") == 1 and " " not in head:
        if not point:
            raise Refused("number_two_ways", column, value=value)
        if point in head:
            head, _, tail = head.partition(point)
    digits = _ungrouped(head)
    if digits is None:
        raise Refused("number", column, value=value)
    decimals_ = tail.rstrip("0")
    number_ = str(int(digits)) + (f".{decimals_}" if decimals_ else "")
    return f"-{number_}" if match[1] == "-" and number_ != "0" else number_


def whole(value: str, column: str, *, least: int, most: int) -> int:
    plain = value.strip().replace(" ", "")
    match = re.fullmatch(r"(\d{1,12})(?:[.,]0{1,6})?", plain)
    if match is None or not least <= int(match[1]) <= most:
        raise Refused("whole", column, value=value, least=least, most=most)
    return int(match[1])


def choice(value: str, column: str, choices: Mapping[str, str], default: str = "") -> str:
    """`choices`: every word that may stand there, with what it means."""
    if not value and default:
        return default
    found = choices.get(value.casefold().replace("-", " ").replace("_", " "))
    if found is None:
        known = ", ".join(dict.fromkeys(choices.values()))
        raise Refused("choice" if value else "empty", column, value=value, choices=known)
    return found


def currency(value: str, column: str) -> str:
    code = _SIGNS.get(value, value.upper()) or "EUR"
    if not _CURRENCY.fullmatch(code):
        raise Refused("currency", column, value=value)
    return code


def mail(value: str, column: str) -> str:
    address = value.removeprefix("mailto:").strip()
    if not _MAIL.fullmatch(address):
        raise Refused("mail", column, value=value)
    return address.lower()


def phone(value: str, column: str, reading: Reading) -> str:
    """E.164."""
    try:
        parsed = phonenumbers.parse(value, reading.region)
    except phonenumbers.NumberParseException as error:
        raise Refused("phone", column, value=value) from error
    if not phonenumbers.is_possible_number(parsed):
        raise Refused("phone", column, value=value)
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def domain(value: str, column: str) -> str:
    plain = value.lower().lstrip("@")
    if not _DOMAIN.fullmatch(plain):
        raise Refused("domain", column, value=value)
    return plain


def _date(plain: str, *, month_first: bool) -> date | None:
    numbers = _numbers(plain, month_first=month_first)
    try:
        return date(*numbers) if numbers else None
    except ValueError:
        return None


def _numbers(plain: str, *, month_first: bool) -> tuple[int, int, int] | None:
    if match := _ISO.fullmatch(plain):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _PARTS.fullmatch(plain):
        first, second = int(match[1]), int(match[2])
        return (int(match[3]), first, second) if month_first else (int(match[3]), second, first)
    if match := _NAMED.fullmatch(plain):
        return int(match[3]), _MONTHS.get(match[2].casefold(), 0), int(match[1])
    if match := _AMERICAN.fullmatch(plain):
        return int(match[3]), _MONTHS.get(match[1].casefold(), 0), int(match[2])
    return None
