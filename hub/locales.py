"""Numbers, days and the names of languages, as they are written in the language of the reader.

What each language does is the Unicode Common Locale Data Repository's, through Babel. English is
that of Great Britain: who reads it among others has days before months and 24 hours in a day.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Context, Decimal, localcontext
from functools import cache

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal, get_decimal_symbol

_REGIONS: Mapping[str, str] = {"en": "en_GB"}
_ENOUGH = Context(prec=1_000)
"""Of digits: with fewer than a number has, Babel refuses it."""


def number(value: float | Decimal, language: str, places: int | None = None) -> str:
    """`1,234.50`, in Dutch `1.234,50`: with the places after the point that it is given with, or
    rounded to so many."""
    exact = Decimal(str(value))
    if places is None:
        places = max(0, -int(exact.as_tuple().exponent))
    pattern = f"#,##0.{'0' * places}" if places else "#,##0"
    with localcontext(_ENOUGH):
        return format_decimal(exact, pattern, locale=_locale(language))


@cache
def decimal_sign(language: str) -> str:
    """`.`, in Dutch `,`."""
    return get_decimal_symbol(_locale(language))


def separator(language: str) -> str:
    """Between the cells of a line of CSV, as spreadsheet programs in this language have it: where
    numbers have a comma in them, they take none for the end of a cell."""
    return ";" if decimal_sign(language) == "," else ","


def day(on: date, language: str, *, year: bool = True, short: bool = False) -> str:
    """`2 November 2026`, without the year `2 November`, in short `2 Nov`."""
    month = "MMM" if short else "MMMM"
    return format_date(on, f"d {month} y" if year else f"d {month}", locale=_locale(language))


@cache
def weekdays(language: str) -> tuple[str, ...]:
    """From Monday to Sunday; each as within a line, so in Dutch with a small letter."""
    names = get_day_names("wide", locale=_locale(language))
    return tuple(names[number] for number in range(7))


@cache
def language_name(tag: str, language: str) -> str:
    """What the language of a tag (BCP 47: `de`, `nl-BE`) is called: `German`, in Dutch `Duits`; a
    tag that nobody knows stays as it is."""
    names: Mapping[str, str] = _locale(language).languages
    return names.get(tag.split("-", maxsplit=1)[0].lower(), tag)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_REGIONS.get(language, language))
