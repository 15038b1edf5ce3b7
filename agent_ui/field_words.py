"""What people call kinds of fields, and how a value is shown and typed in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import phonenumbers

from agent_ui import trade_words
from agent_ui.texts import N_, Texts
from hub.custom_fields import CHOOSING, POINTS, Field, FieldKind, Who, Whose
from hub.locales import number
from hub.money import written

KINDS: Mapping[FieldKind, str] = {
    FieldKind.TEXT: N_("Text"),
    FieldKind.LONG_TEXT: N_("Long text"),
    FieldKind.NUMBER: N_("Number"),
    FieldKind.AMOUNT: N_("Amount of money"),
    FieldKind.DATE: N_("Date"),
    FieldKind.YES_NO: N_("Yes or no"),
    FieldKind.ONE_OF: N_("One of a list"),
    FieldKind.SEVERAL_OF: N_("Several of a list"),
    FieldKind.WEB: N_("Web address"),
    FieldKind.EMAIL: N_("Mail address"),
    FieldKind.PHONE: N_("Phone number"),
}
WHOSE: Mapping[Whose, str] = {
    Whose.PERSON: N_("Persons"),
    Whose.ORGANISATION: N_("Organisations"),
}
WHO: Mapping[Who, str] = {
    Who.AGENT: N_("agents and supervisors"),
    Who.SUPERVISOR: N_("supervisors alone"),
}
MORE = (N_("1 more field"), N_("{n} more fields"))
YES_NO = {"yes": N_("yes"), "no": N_("no")}


def shown(texts: Texts, of: Field, value: str) -> str:
    """For reading. What is none of its kind, from before there was a field, stays as it is."""
    try:
        return _SHOWN.get(of.kind, _as_it_is)(texts, of, value) if value else ""
    except (ValueError, phonenumbers.NumberParseException):
        return value


def typed(of: Field, value: str, language: str) -> str:
    """As it stands in the form, for changing."""
    if of.kind in (FieldKind.NUMBER, FieldKind.AMOUNT):
        return value.replace(".", POINTS[language])
    return value


def _as_it_is(_texts: Texts, _of: Field, value: str) -> str:
    return value


def _phone(value: str) -> str:
    parsed = phonenumbers.parse(value)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


_SHOWN: Mapping[FieldKind, Callable[[Texts, Field, str], str]] = {
    FieldKind.NUMBER: lambda texts, _, value: number(Decimal(value), texts.language),
    FieldKind.AMOUNT: lambda texts, of, value: written(
        int(value.replace(".", "")), of.currency, texts.language
    ),
    FieldKind.DATE: lambda texts, _, value: trade_words.day(texts, date.fromisoformat(value)),
    FieldKind.YES_NO: lambda texts, _, value: texts(YES_NO.get(value, value)),
    FieldKind.PHONE: lambda _texts, _of, value: _phone(value),
    **dict.fromkeys(
        CHOOSING,
        lambda texts, of, value: ", ".join(one.title(texts.language) for one in of.chosen(value)),
    ),
}
"""The others are shown as they are."""
