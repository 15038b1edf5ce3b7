"""What stands in for Twilio's cloud: its documented API, webhooks and refusals, on this machine.

The demo plays customers' phones through it, and the tests drive Loket with it.
"""
