"""The way in by IMAP: follows mailboxes. `mailbox` is the way in, the rest is what it stands on."""
