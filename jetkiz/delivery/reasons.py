"""Why a lesson goes this way, why it has no way, and why a delivery failed: closed lists."""

from enum import IntEnum, StrEnum

from jetkiz.i18n import N_


class ChoiceReason(IntEnum):
    """Why the plan chose this channel, or none. Numbers are stored: never reuse one."""

    ONLY_CHANNEL = 1  # nothing else reaches this home
    BEST_VALUE = 2  # most likely to be received and answered
    CHEAPER = 3  # as good as another and cheaper
    KEPT = 4  # as last week, for the home's sake
    SECOND_BEST = 5  # the better channel had no room left
    TEACHER = 6  # a teacher or coordinator decided
    REPLACES = 7  # another channel failed
    NOT_ASKED_YET = 8  # nothing is known of this home: what can always be tried
    ONLY_IN_TIME = 9  # the others would come too late
    ASKED_FOR = 10  # the family asked for it
    STANDS = 11  # the plan before had it so, and it is still possible
    NO_CHANNEL_FITS = 32  # every channel fails its test for this home
    UNKNOWN_PROFILE = 33  # nothing is known of this home
    NO_VARIANT = 34  # the student's needs have no rendering of this lesson
    CUTOFF_PASSED = 35  # the last moment for paper is over
    NO_PAGES = 36  # paper would fit, the pages are used up
    NO_MONEY = 37  # paper would fit, the postage is used up
    NO_SEATS = 38  # the duty class is full
    NOT_THIS_ATTEMPT = 39  # the lesson stands on another attempt
    NO_MESSAGES = 40  # the bot has no message left on that day
    NO_MARKING = 41  # teachers have no time left for what would come back
    NO_SCREEN_TIME = 42  # the phone or TV of the home is needed by other lessons
    NO_DATA = 43  # the data plan of the home is used up

    @property
    def has_channel(self) -> bool:
        """True when a lesson with this reason has a channel."""
        return self < ChoiceReason.NO_CHANNEL_FITS


class FailureReason(StrEnum):
    """Why a delivery did not arrive; shown translated."""

    BLOCKED = "blocked"  # the home blocked the bot
    CHAT_GONE = "chat_gone"  # the chat or account no longer exists
    REFUSED = "refused"  # the carrier refused this item
    NO_ANSWER = "no_answer"  # the carrier could not be reached in any try
    NOT_AIRED = "not_aired"  # the broadcaster dropped the airing
    RETURNED_TO_SENDER = "returned_to_sender"  # the post brought it back
    LOST = "lost"  # tracking ended without a delivery
    TOO_LATE = "too_late"  # the last useful moment passed
    PLAN_CHANGED = "plan_changed"  # a newer plan took its place
    STUDENT_LEFT = "student_left"  # the student left the school
    NOT_FETCHED = "not_fetched"  # nobody came for the paper
    ABSENT = "absent"  # the student did not come to the duty class
    NO_VARIANT = "no_variant"  # it came, in a form that the student cannot use


CHOICE_WORDS = {
    ChoiceReason.ONLY_CHANNEL: N_("the only channel that reaches this home"),
    ChoiceReason.BEST_VALUE: N_("the most likely to arrive and to be answered"),
    ChoiceReason.CHEAPER: N_("as good as another channel, and cheaper"),
    ChoiceReason.KEPT: N_("the same channel as last week"),
    ChoiceReason.SECOND_BEST: N_("the better channel has no room left"),
    ChoiceReason.TEACHER: N_("decided by the teacher or the coordinator"),
    ChoiceReason.REPLACES: N_("takes the place of a channel that failed"),
    ChoiceReason.NOT_ASKED_YET: N_(
        "nothing is known of this home: tried until the family is asked"
    ),
    ChoiceReason.ONLY_IN_TIME: N_("the only channel that still comes in time"),
    ChoiceReason.ASKED_FOR: N_("the family asked for it"),
    ChoiceReason.STANDS: N_("as in the plan before: it is still possible"),
    ChoiceReason.NO_CHANNEL_FITS: N_("no channel reaches this home"),
    ChoiceReason.UNKNOWN_PROFILE: N_("nothing is known of this home: ask the family"),
    ChoiceReason.NO_VARIANT: N_("there is no form of this lesson for the student's needs"),
    ChoiceReason.CUTOFF_PASSED: N_("too late to print for this week"),
    ChoiceReason.NO_PAGES: N_("paper would do, but the pages are used up"),
    ChoiceReason.NO_MONEY: N_("paper would do, but the postage is used up"),
    ChoiceReason.NO_SEATS: N_("the duty class is full"),
    ChoiceReason.NOT_THIS_ATTEMPT: N_("this lesson goes another way"),
    ChoiceReason.NO_MESSAGES: N_("the bot can send no more messages on that day"),
    ChoiceReason.NO_MARKING: N_("teachers have no time left for marking"),
    ChoiceReason.NO_SCREEN_TIME: N_("the phone or TV of the home is needed by other lessons"),
    ChoiceReason.NO_DATA: N_("the data plan of the home is used up"),
}

FAILURE_WORDS = {
    FailureReason.BLOCKED: N_("the family blocked the bot"),
    FailureReason.CHAT_GONE: N_("the chat no longer exists"),
    FailureReason.REFUSED: N_("the carrier refused it"),
    FailureReason.NO_ANSWER: N_("the carrier could not be reached"),
    FailureReason.NOT_AIRED: N_("the lesson was not aired"),
    FailureReason.RETURNED_TO_SENDER: N_("the post brought it back"),
    FailureReason.LOST: N_("it was lost on the way"),
    FailureReason.TOO_LATE: N_("it would have come too late"),
    FailureReason.PLAN_CHANGED: N_("the plan was changed"),
    FailureReason.STUDENT_LEFT: N_("the student left the school"),
    FailureReason.NOT_FETCHED: N_("nobody fetched it"),
    FailureReason.ABSENT: N_("the student did not come"),
    FailureReason.NO_VARIANT: N_("there is no form of this lesson for the student's needs"),
}
