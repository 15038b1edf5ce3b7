"""What a raw mail says, one question to a module. Works on bytes and text; knows no network."""
