"""What arrives and leaves: one folder per channel, all the same inside. Knows only `hub`."""
