"""Processes that split off one that has loaded Loket, so that none has to load it again."""

import multiprocessing

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["config.cli", "config.demo.running", "hub.bus.amqp", "hub.store.sqlite", "asyncpg"]
)
