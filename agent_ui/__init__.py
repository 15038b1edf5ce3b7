"""What agents see: the console, server-rendered and live. Knows only `hub`."""
