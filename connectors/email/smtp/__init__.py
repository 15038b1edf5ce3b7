"""SMTP both ways: `door` takes mail from mail servers, `out` hands it to the one that sends."""
