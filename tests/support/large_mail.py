"""Takes in and sends a mail of 25 MB in a process of its own, and prints how its memory grew.

python tests/support/large_mail.py STORE_URL FOLDER SINK_PORT
"""
