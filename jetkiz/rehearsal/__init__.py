"""The rehearsal Telegram: a school plays a whole week without a bot token and without children."""

from jetkiz.rehearsal.faults import FaultScript, Rule
from jetkiz.rehearsal.limits import Limits, Rate
from jetkiz.rehearsal.model import MessageIds
from jetkiz.rehearsal.people_client import RehearsedPeople
from jetkiz.rehearsal.refusals import RehearsalError
from jetkiz.rehearsal.server import Options, RehearsalServer

__all__ = [
    "FaultScript",
    "Limits",
    "MessageIds",
    "Options",
    "Rate",
    "RehearsalError",
    "RehearsalServer",
    "RehearsedPeople",
    "Rule",
]
