"""The pieces of a mail that we write: header fields and bodies, always in ASCII."""
