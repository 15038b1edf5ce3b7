"""Who gets it: the interaction model and the router that follows it. Knows only `hub`."""
