"""The doors of those who look after others, one line each."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent_ui.guard import Guard
from agent_ui.office.wall import WallViews
from hub.http import Route


@dataclass(frozen=True)
class OfficeViews:
    wall: WallViews


def office_routes(views: OfficeViews, guard: Guard) -> Sequence[Route]:
    return [*_overview(views, guard)]


def _overview(views: OfficeViews, guard: Guard) -> Sequence[Route]:
    """How everybody's work stands, and the means to step in."""
    supervisors = guard.for_supervisors
    wall = "/console/wall"
    return [
        Route("GET", wall, supervisors(views.wall.page)),
        Route("GET", wall + "/alerts", supervisors(views.wall.alerts)),
        Route("GET", wall + "/items", supervisors(views.wall.items)),
        Route("POST", wall + "/move", supervisors(views.wall.move)),
        Route("POST", wall + "/agents/{id}", supervisors(views.wall.presence)),
        Route("POST", wall + "/thresholds", supervisors(views.wall.set_thresholds)),
    ]
