"""What every table is made with."""

from sqlalchemy import Index, MetaData, String, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(36)


def where(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    """An index of the rows for which this holds."""
    only = text(condition)
    return Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)
