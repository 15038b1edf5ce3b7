"""The phone in an agent's browser: where its script is, and what lets it ring."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from hub.store.agents import Agent


@dataclass(frozen=True)
class Softphone:
    """`sdk_url`: where the SDK's script is. `hosts`: what it connects to.

    `address(agent_id)`: what is called when the browser of this agent is to ring.
    `phone_of(login, own, agent_id)`: where an agent is called who gave `own`, or nothing.
    `token(agent_id)`: lets the SDK sign in, for `seconds`.
    """

    sdk_url: str
    hosts: tuple[str, ...]
    address: Callable[[str], str]
    phone_of: Callable[[str, str, str], str]
    token: Callable[[str], str]
    seconds: int

    def rings_here(self, agent: Agent, own: str) -> bool:
        """Whether this agent is called in the browser."""
        return self.phone_of(agent.login, own, agent.id) == self.address(agent.id)

    def policy(self, policy: str) -> str:
        """The content security policy of a page with the phone in it."""
        parts = urlsplit(self.sdk_url)
        script = f"{parts.scheme}://{parts.netloc}{parts.path}"
        sounds = " ".join(host for host in self.hosts if host.startswith("https:"))
        for directive, more in (
            ("script-src 'self'", script),
            ("connect-src 'self'", " ".join(self.hosts)),
            ("media-src 'self'", f"mediastream: {sounds}"),
        ):
            policy = policy.replace(directive, f"{directive} {more}")
        return policy
