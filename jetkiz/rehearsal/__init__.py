"""The rehearsal Telegram: a school plays a whole week without a bot token and without children."""

from jetkiz.rehearsal.director.people_client import RehearsedPeople
from jetkiz.rehearsal.running.faults import FaultScript, Rule
from jetkiz.rehearsal.server import Options, RehearsalServer
from jetkiz.rehearsal.state.limits import Limits, Rate
from jetkiz.rehearsal.state.model import MessageIds
from jetkiz.rehearsal.state.refusals import RehearsalError

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
