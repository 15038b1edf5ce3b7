"""The public holidays of a country or a part of it, in both languages (library `holidays`)."""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Annotated

import holidays
from holidays.registry import COUNTRIES
from pydantic import AfterValidator

from routing.entry import Title
from routing.said import said

_LANGUAGES = {"en": ("en_US", "en_GB", "en"), "nl": ("nl", "nl_BE")}


@cache
def _places() -> dict[str, list[str]]:
    """The subdivisions of every country, by its code of two letters (ISO 3166-1) or three."""
    return dict(holidays.list_supported_countries(include_aliases=True))


@cache
def countries() -> Mapping[str, str]:
    """Those of which the holidays are known: English name by code."""
    found = {names[1]: key.replace("_", " ").title() for key, names in COUNTRIES.items()}
    return dict(sorted(found.items()))


def _known(place: str) -> str:
    country, dash, subdivision = place.partition("-")
    if country not in _places():
        raise ValueError(
            said(
                "there are no holidays for this country{nearest}", nearest=_nearest_country(country)
            )
        )
    if dash and subdivision not in _places()[country]:
        known = [f"{country}-{part}" for part in _places()[country]]
        advice = (
            said("known are {known}", known=", ".join(known))
            if known
            else said("write {country} alone", country=country)
        )
        raise ValueError(
            said("{country} has no such part; {advice}", country=country, advice=advice)
        )
    return place


def _nearest_country(written: str) -> str:
    """The code that was meant, be it a slip in a code or the name of a country."""
    codes = {name.casefold(): names[1] for name, names in COUNTRIES.items()}
    codes |= {code.casefold(): code for code in _places()}
    near = get_close_matches(written[:60].casefold().replace(" ", "_"), codes, n=1, cutoff=0.5)
    if near:
        return said("; did you mean {near}", near=codes[near[0]])
    return said("; write its code, like NL or DE-BY")


HolidaysOf = Annotated[str, AfterValidator(_known)]
"""A country, or a country and one of its parts: `NL`, `DE-BY`."""


@lru_cache(maxsize=512)
def public_holidays(place: str, year: int) -> Mapping[date, Title]:
    """The days in this year on which public holidays are kept, with their names.

    A language that the library lacks for this country falls back on English, then on its own.
    """
    english, dutch = _names(place, year, "en"), _names(place, year, "nl")
    return {day: Title(en=name, nl=dutch.get(day, name)) for day, name in english.items()}


def _names(place: str, year: int, language: str) -> dict[date, str]:
    country, _, subdivision = place.partition("-")
    offered = holidays.list_localized_countries().get(country, [])
    wanted = (*_LANGUAGES[language], *_LANGUAGES["en"])
    chosen = next((name for name in wanted if name in offered), None)
    found = holidays.country_holidays(
        country, subdiv=subdivision or None, years=year, language=chosen
    )
    return dict(found.items())
