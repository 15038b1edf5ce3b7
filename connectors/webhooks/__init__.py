"""Webhooks out: other systems are told of events over HTTPS."""
