"""What is recorded by hand: scans that somebody puts into a folder."""
