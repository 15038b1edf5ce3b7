"""What `loket demo` shows: an example organisation, a sandbox mailbox, and traffic on request.

Everything stays on this machine. Outside the demo nothing of this exists.
"""

from config.demo.addresses import ADDRESSES, CHAT_SITE, MAIL_DOMAIN
from config.demo.demo import Demo, DemoContext
from config.demo.sign_ins import SignIn

__all__ = ["ADDRESSES", "CHAT_SITE", "MAIL_DOMAIN", "Demo", "DemoContext", "SignIn"]
