"""Phone numbers in one form: E.164, `+` and digits."""

WHATSAPP = "whatsapp:"
_SHORTEST = 9  # with the +; what is shorter is a short code, to which no country belongs


def to_e164(value: str, region: str) -> str:
    """The number, or "" for what is none. `region`: the country of one that names none, or ""."""
    import phonenumbers  # noqa: PLC0415 (slow to load)

    try:
        number = phonenumbers.parse(value, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    written = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return written if len(written) >= _SHORTEST else ""


def is_region(code: str) -> bool:
    """Whether these two letters are a country with numbers."""
    import phonenumbers  # noqa: PLC0415 (slow to load)

    return code in phonenumbers.SUPPORTED_REGIONS
