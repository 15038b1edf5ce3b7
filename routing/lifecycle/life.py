"""Everything that changes versions of the model, over one store."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from hub.store import Database
from routing.lifecycle.activating import Activating
from routing.lifecycle.signing import Signing
from routing.lifecycle.versions import Versions


@dataclass(frozen=True)
class ModelLife:
    versions: Versions
    signing: Signing
    activating: Activating

    @classmethod
    def over(
        cls,
        database: Database,
        wake: Callable[[], None] = lambda: None,
        *,
        fixed: bool = False,
    ) -> Self:
        """`wake` is called after what the bus must hear of; `fixed`: see Versions."""
        versions = Versions(database, fixed=fixed)
        return cls(versions, Signing(versions), Activating(versions, database, wake))
