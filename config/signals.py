"""How a process is asked to end."""

import asyncio
import signal


def stop_on_signals() -> asyncio.Event:
    """Set once the process gets SIGTERM or SIGINT; needs a running loop."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    return stopped
