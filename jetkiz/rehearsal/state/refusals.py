"""How the rehearsal says no: to the bot in Telegram's words, to people in plain sentences."""

from typing import Any

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.rehearsal.state.model import Json


class ApiRefusal(Exception):  # noqa: N818 - an answer of the Bot API, not a fault of ours
    """An answer with ok = false, in the words of the Bot API."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def envelope(self) -> Json:
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(words: str) -> ApiRefusal:
    return ApiRefusal(400, f"Bad Request: {words}")


def forbidden(words: str) -> ApiRefusal:
    return ApiRefusal(403, f"Forbidden: {words}")


def flooded(seconds: int) -> ApiRefusal:
    return ApiRefusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


class RehearsalError(JetkizError):
    """An act of a person that cannot be done, with what to do instead."""

    def __init__(self, sentence: str, remedy: str, status: int = 409, **facts: Any) -> None:
        super().__init__(sentence, remedy, **facts)
        self.status = status


def in_plain_words(refusal: ApiRefusal) -> RehearsalError:
    """What Telegram would not take, said to the person who tried it."""
    return RehearsalError(
        N_("Telegram would not take this: {words}."),
        N_("Try another file or another text."),
        refusal.code,
        words=refusal.description,
    )
