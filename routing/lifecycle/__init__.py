"""The life of an interaction model: drafted, checked, signed, live, replaced."""
