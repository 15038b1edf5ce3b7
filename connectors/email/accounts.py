"""Which of our accounts a recipient is: by address, by plus-address, by alias."""

from connectors.email.parsing.addresses import canonical_address
from connectors.email.settings import AccountSettings, EmailSettings


class Accounts:
    def __init__(self, settings: EmailSettings) -> None:
        self.follow(settings)

    def follow(self, settings: EmailSettings) -> None:
        """From now on these are ours."""
        self._separator = settings.separator
        self._by_address: dict[str, AccountSettings] = {}
        self._by_domain: dict[str, AccountSettings] = {}
        for account in settings.accounts.values():
            for owned in (account.address, *account.aliases):
                local, _, domain = owned.rpartition("@")
                if local:
                    self._by_address[owned] = account
                else:
                    self._by_domain[domain] = account

    def of(self, recipient: str) -> AccountSettings | None:
        """The account that gets mail for this address; None when nobody here does."""
        address = canonical_address(recipient)
        return self._named(address) or self._by_domain.get(address.rpartition("@")[2])

    def owns(self, address: str) -> bool:
        """Whether we send from this address ourselves; a colleague of our domain is not us."""
        return self._named(address) is not None

    def _named(self, address: str) -> AccountSettings | None:
        local, _, domain = address.rpartition("@")
        plain = f"{local.partition(self._separator)[0]}@{domain}"
        return self._by_address.get(address) or self._by_address.get(plain)
