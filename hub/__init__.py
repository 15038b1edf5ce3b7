"""The vocabulary, the bus, the store and the doors. Knows no connector, router or console."""
