"""Phones in the browser: who an agent is to Twilio's Voice SDK, and the token that proves it."""

from connectors.shared.twilio.settings import TwilioSettings

TOKEN_SECONDS = 3600
"""The SDK asks for a new one before it ends."""


def identity_of(agent_id: str) -> str:
    """Twilio takes letters, digits and underscores only."""
    return f"agent_{agent_id.replace('-', '')}"


def token_for(twilio: TwilioSettings, twiml_app: str, agent_id: str) -> str:
    """Lets a browser be called as this agent, and nobody else. It may call by itself only where
    there is an application that says what then happens."""
    from twilio.jwt.access_token import AccessToken  # noqa: PLC0415 (slow to load)
    from twilio.jwt.access_token.grants import VoiceGrant  # noqa: PLC0415

    key, secret = twilio.credentials
    token = AccessToken(
        twilio.account_sid, key, secret, identity=identity_of(agent_id), ttl=TOKEN_SECONDS
    )
    token.add_grant(VoiceGrant(incoming_allow=True, outgoing_application_sid=twiml_app or None))
    return str(token.to_jwt())
