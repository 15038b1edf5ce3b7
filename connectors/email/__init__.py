"""Mail in and out: IMAP and SMTP, with all that the world's mail programs send."""
