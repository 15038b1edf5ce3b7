"""SMS and WhatsApp, over Twilio."""
