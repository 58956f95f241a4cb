"""What of the settings for Kazpost's services would go wrong, found before a pack is posted."""

import os
import re
from collections.abc import Callable, Iterator, Mapping

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.findings import Finding, fault, good
from jetkiz.i18n import N_
from print_packs.kazpost.key import read_key
from print_packs.kazpost.service import require_safe


def check_kazpost(
    settings: Settings, environment: Mapping[str, str] = os.environ
) -> Iterator[Finding]:
    """Look at addresses, key and BIN; a school that uses none of it hears nothing."""
    faults = list(_faults(settings, environment))
    for one in faults:
        yield fault(one.sentence, one.remedy, **one.facts)
    if (settings.kazpost_service or settings.kazpost_tracking) and not faults:
        yield good(N_("The settings for Kazpost's services are complete; nothing was asked."))


def _faults(settings: Settings, environment: Mapping[str, str]) -> Iterator[JetkizError]:
    checks: list[Callable[[], object]] = []
    if settings.kazpost_tracking:
        checks.append(lambda: require_safe(settings.kazpost_tracking, may_be_plain=True))
    if settings.kazpost_service:
        plain = settings.kazpost_plain_http
        checks.append(lambda: require_safe(settings.kazpost_service, plain))
        checks.append(lambda: read_key(settings, environment))
    for check in checks:
        try:
            check()
        except JetkizError as error:
            yield error
    if settings.kazpost_service and not re.fullmatch("[0-9]{12}", settings.kazpost_bin):
        yield JetkizError(
            N_("The BIN of the sender does not have twelve digits."),
            N_("Write it in the setting kazpost_bin."),
        )
