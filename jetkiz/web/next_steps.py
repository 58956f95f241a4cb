"""What to do now for a student whom nothing, or only a part, has reached: the most useful step."""

from enum import StrEnum
from typing import Final

from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.i18n import N_
from jetkiz.reports.progress import EmptyHanded, Standing


class Step(StrEnum):
    """What can be done."""

    ASK_HOME = "ask_home"  # nothing is known of the home
    CORRECT_HOME = "correct_home"  # what is known shuts every channel out
    BY_HAND = "by_hand"  # give the lessons on paper
    CALL = "call"  # ask the home whether it arrived
    FIND_PHONE = "find_phone"  # the home should be called, and nobody knows its number
    LOOK_RUNNING = "look_running"  # Telegram waits for the worker
    HAND_PACKS = "hand_packs"  # packs wait to be printed or handed over
    ENTER_LIST = "enter_list"  # nobody has entered yet who came to the duty class
    WAIT_AIRING = "wait_airing"  # the broadcaster has not reported yet
    LOOK_LESSONS = "look_lessons"  # the class has no lessons in the plan
    TELL = "tell"  # a teacher tells the coordinator


STEP_WORDS: Final = {
    Step.ASK_HOME: N_("Ask the family what they have"),
    Step.CORRECT_HOME: N_("Check what is known of the home"),
    Step.BY_HAND: N_("Give it by hand"),
    Step.CALL: N_("Call the home"),
    Step.FIND_PHONE: N_("Find out a phone of the home"),
    Step.LOOK_RUNNING: N_("See whether sending runs"),
    Step.HAND_PACKS: N_("Print the packs, hand them over"),
    Step.ENTER_LIST: N_("Enter who came to the duty class"),
    Step.WAIT_AIRING: N_("Wait for the broadcast log"),
    Step.LOOK_LESSONS: N_("See the lessons of the class"),
    Step.TELL: N_("Look, and tell the coordinator"),
}

_NO_ROOM: Final = frozenset(
    {
        ChoiceReason.CUTOFF_PASSED,
        ChoiceReason.NO_PAGES,
        ChoiceReason.NO_MONEY,
        ChoiceReason.NO_SEATS,
    }
)
_BY_STANDING: Final = {
    Standing.NOT_IN_PLAN: Step.LOOK_LESSONS,
    Standing.NO_SIGN: Step.CALL,
    Standing.FAILED: Step.BY_HAND,
    Standing.PARTLY: Step.BY_HAND,
}
_WAITING: Final = {
    "telegram": Step.LOOK_RUNNING,
    "post": Step.HAND_PACKS,
    "in_person": Step.HAND_PACKS,
    "broadcast": Step.WAIT_AIRING,
    "duty_class": Step.LOOK_RUNNING,
}


_CHANGES: Final = frozenset(
    {
        Step.BY_HAND,
        Step.LOOK_RUNNING,
        Step.HAND_PACKS,
        Step.ENTER_LIST,
        Step.CORRECT_HOME,
        Step.FIND_PHONE,
    }
)


def next_step(one: EmptyHanded, *, may_change: bool, has_phone: bool) -> Step:
    """Return the step; a teacher, who changes no plan, calls or tells the coordinator."""
    step = _step(one)
    if step == Step.CALL and not has_phone:
        step = Step.FIND_PHONE
    return Step.TELL if step in _CHANGES and not may_change else step


def _step(one: EmptyHanded) -> Step:
    if one.standing == Standing.NOT_HANDED_OVER:
        return next((_WAITING[name] for name in one.channels if name in _WAITING), Step.BY_HAND)
    if one.standing == Standing.NO_SIGN and one.channels == ("duty_class",):
        return Step.ENTER_LIST
    if one.standing in _BY_STANDING:
        return _BY_STANDING[one.standing]
    if ChoiceReason.UNKNOWN_PROFILE in one.reasons:
        return Step.ASK_HOME
    if _NO_ROOM & set(one.reasons):
        return Step.BY_HAND
    return Step.CORRECT_HOME


def step_address(step: Step, student: int, week: str) -> str:
    """Return the page on which the step is done."""
    here = f"/students/{student}/{week}"
    parts = {
        Step.BY_HAND: f"{here}/by-hand",
        Step.LOOK_RUNNING: "/running",
        Step.HAND_PACKS: "/running",
        Step.ASK_HOME: f"{here}#home",
        Step.CORRECT_HOME: f"{here}#home",
        Step.CALL: f"{here}#arrival",
        Step.FIND_PHONE: f"{here}#home",
    }
    return parts.get(step, here)
