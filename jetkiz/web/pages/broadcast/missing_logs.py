"""Whose log of what was aired should be there by now and is not: said on the first screen."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from broadcast.as_run.reporting import AirDay, LogState, hour_of_logs, read_air_days
from jetkiz.errors import JetkizError
from jetkiz.web.pages.broadcast.shelf import SHELF
from jetkiz.web.visits import WORKPLACE, look, now, viewer, week

_MISSING: Final = frozenset({LogState.PART, LogState.NO_LOG})


async def missing_logs(request: web.Request) -> Sequence[AirDay]:
    """Return the days of channels that were not reported in time; a coordinator telephones.

    A setting that cannot be understood is told where it is looked at, not on every first screen.
    """
    shown, shelf, at = week(request), request.app[SHELF], now(request)
    mark = (await shelf.standing(at)).get(shown)
    found = await shelf.week(shown, mark) if mark and viewer(request).is_coordinator else None
    if found is None:
        return ()
    try:
        by = hour_of_logs(request.app[WORKPLACE].settings.as_run_by)
    except JetkizError:
        return ()
    days = await look(request, read_air_days, shown, found.kept.problem, by, at)
    return [one for one in days if one.state in _MISSING]
