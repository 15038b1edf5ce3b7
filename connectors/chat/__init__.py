"""Web chat: a widget for any website, and the socket behind it."""
