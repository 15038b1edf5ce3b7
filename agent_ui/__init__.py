"""The agent console: what people who answer customers see. Knows only `hub`."""
