"""The truth: tables, transactions, and one module of queries per noun.

Queries are plain functions that take a SQLAlchemy `Connection`; `Database.read` and
`Database.write` run them, on SQLite and on PostgreSQL alike.
"""

from hub.blobs import Blobs
from hub.store.database import Database, Work

__all__ = ["Blobs", "Database", "Work"]
