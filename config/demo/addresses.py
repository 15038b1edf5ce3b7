"""Where the demo organisation can be reached. Its domain can never be a real one (RFC 2606)."""

HOST = "127.0.0.1"
MAIL_DOMAIN = "vandalenkoffie.example"
ACCOUNTS = ("info", "service", "invoice")
CHAT_SITE = "demo"
MOBILE = "+31600001234"
"""Our number for SMS and WhatsApp."""


def address_of(account: str) -> str:
    """The mail address of one of our accounts."""
    return f"{account}@{MAIL_DOMAIN}"


ADDRESSES = tuple(address_of(account) for account in ACCOUNTS)
