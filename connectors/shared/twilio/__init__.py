"""Twilio, as messaging and phone both need it: settings, signatures, its REST API, its media."""
