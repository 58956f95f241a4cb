"""The judge of what comes in finds what it is there for: each planted bug turns a tiny run red."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.receiving import inbox
from bot.receiving.inbox import Arrived
from bot.receiving.poller import Poller
from bot.sending import outbox
from bot.sending.outbox import Outgoing
from bot.sending.sender import Sender
from bot.tables import telegram_inbox
from bot.talking import dialogue_states, worker
from bot.talking.dialogue import Dialogue
from bot.talking.dialogue_states import DialogueState, Doing
from bot.talking.worker import Worker
from bot.telegram.telegram_api import TelegramApi
from jetkiz.storage.database import Database
from tests.chaos.families import Deed, Families
from tests.chaos.inbound import is_quiet
from tests.chaos.inbound_judging import InboundVerdict, case_of, judge
from tests.chaos.school import TOKEN, Form, School, open_school

TINY = Form(students=1, days=1, blocked=0, burst=60)
PHOTOS = (Deed.PHOTO, Deed.PHOTO, Deed.PHOTO)
ALL = (*PHOTOS, Deed.CODE, Deed.TODAY, Deed.RECEIVED, Deed.QUESTION, Deed.PHOTO)


class PowerCut(BaseException):
    """The power went."""


class Cut:
    """Lets the power go at the n-th passing of a joint, once, in the life that is to end so."""

    def __init__(self, number: int = 1) -> None:
        self.left = number
        self.is_armed = False
        self.is_off = False

    def passes(self, right: Callable[..., Any], *, after: bool = False) -> Callable[..., Any]:
        """Return a function that is cut before it does anything, or when all is done."""

        def cut(*given: Any, **named: Any) -> Any:
            made = right(*given, **named) if after else None
            self.left -= self.is_armed
            if self.left == 0 and not self.is_off:
                self.is_off = True
                raise PowerCut
            return made if after else right(*given, **named)

        return cut

    def take_over(self, database: Database) -> None:
        """Let nothing more be written once the power has gone, whatever is still under way."""
        right = database.run

        async def run_while_on(work: Callable[..., Any], *given: Any) -> Any:
            def work_while_on(connection: Connection) -> Any:
                # Asked here too: a thread may have waited for its turn while the power went.
                if self.is_off:
                    raise PowerCut
                return work(connection, *given)

            if self.is_off:
                raise PowerCut
            return await right(work_while_on)

        setattr(database, "run", run_while_on)  # noqa: B010 - a method of one database only
        self.let_go = lambda: delattr(database, "run")


async def live(school: School, cut: Cut | None = None) -> None:
    """One life of a bot: until everything is answered, or until the power goes."""
    # What the power took along is asked by nobody.
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    place, stop, arrived = school.workplace, asyncio.Event(), asyncio.Event()
    async with TelegramApi(school.server.url, TOKEN) as api:
        sender = Sender(place, settle=0.2)
        poller = Poller(place, api, arrived)
        parts = (sender.run, poller.run, Worker(place, api, arrived, sender.wake).run)
        tasks = [asyncio.create_task(part(stop)) for part in parts]
        until = asyncio.get_running_loop().time() + 60

        # A life that is to be cut may be quiet for a moment before: an update is marked already
        # and its change is not yet made. Only the cut ends it.
        def is_over() -> bool:
            return cut.is_off if cut else is_quiet(school)

        while not await asyncio.to_thread(is_over):
            assert asyncio.get_running_loop().time() < until
            await asyncio.wait(tasks, timeout=0.01)
        if not cut:
            stop.set()
            await asyncio.gather(*tasks)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def run(
    url: str, folder: Path, deeds: Sequence[Deed] = ALL, cut: Cut | None = None
) -> InboundVerdict:
    """A few turns of one phone, taken while the bot was away; it may be cut off once."""
    with open_school(url, folder, TINY) as school:
        school.hand_over()
        families = Families(school, 1, each=0)
        [phone] = school.phones
        acts = families.acts[phone.person]
        acts.append(families.say(phone, Deed.ASK, 0, "/ask"))
        asyncio.run(live(school))
        for number, deed in enumerate(deeds, 1):
            acts.append(families.take(phone, deed, number))
        if cut:
            cut.is_armed = True
            cut.take_over(school.workplace.database)
            asyncio.run(live(school, cut))
            assert cut.is_off
            cut.let_go()
        asyncio.run(live(school))
        return judge(case_of(school, families.said()))


# Each joint: where the power goes there, and whether before or after it.
JOINTS = [
    pytest.param(None, "", False, id="no cut"),
    pytest.param(inbox, "store", False, id="before updates are kept"),
    pytest.param(Dialogue, "handle_all", True, id="before a commit"),
    pytest.param(worker, "keep_file", True, id="with a file on the disk"),
]


@pytest.mark.parametrize(("where", "name", "after"), JOINTS)
def test_without_a_bug_nothing_is_found(
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: Any,
    name: str,
    *,
    after: bool,
) -> None:
    cut = Cut(2 if where is Dialogue else 1) if where else None
    if cut:
        monkeypatch.setattr(where, name, cut.passes(getattr(where, name), after=after))
    verdict = run(sqlite_url, tmp_path, cut=cut)
    assert verdict.acts == len(ALL) + 1
    assert verdict.breaches(probed=False) == [], verdict.notes


def test_updates_confirmed_before_they_are_kept(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Poller._keep

    async def careless(self: Poller, found: Any) -> None:
        if found.following:
            await self._database.run(inbox.confirm_below, self._bot, found.following)
        await right(self, found)

    cut = Cut()
    monkeypatch.setattr(Poller, "_keep", careless)
    monkeypatch.setattr(inbox, "store", cut.passes(inbox.store))
    verdict = run(sqlite_url, tmp_path, PHOTOS, cut)
    # Of each photo the page and its sign, and the draft's message.
    assert verdict.breaches(probed=False) == ["lost=7"]


def marked_apart(monkeypatch: pytest.MonkeyPatch, cut: Cut, *, first: bool) -> None:
    """Let the end of an update be written in a transaction of its own, and cut between the two."""
    right, mark = Dialogue.handle_all, inbox.mark_done

    async def careless(self: Worker, group: Sequence[Arrived]) -> None:
        def end(connection: Connection) -> None:
            for one in group:
                mark(connection, one.id, self._workplace.clock(), keep_words=True)

        def handle(connection: Connection) -> None:
            right(self._dialogue, connection, group, None)

        one, other = (end, handle) if first else (handle, end)
        await self._database.run(one)
        await self._database.run(cut.passes(other))
        self._answered()

    monkeypatch.setattr(Worker, "_handle", careless)
    monkeypatch.setattr(inbox, "hold", lambda _, numbers: set(numbers))
    monkeypatch.setattr(inbox, "mark_family_done", lambda *_: True)


def test_a_mark_before_the_change(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = Cut()
    marked_apart(monkeypatch, cut, first=True)
    assert run(sqlite_url, tmp_path, [Deed.TODAY], cut).breaches(probed=False) == ["lost=1"]


def test_a_mark_after_the_change(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answers have one key each and come once; what it counted is counted twice."""
    cut = Cut()
    marked_apart(monkeypatch, cut, first=False)
    verdict = run(sqlite_url, tmp_path, [Deed.CODE], cut)
    assert verdict.doubled_unmarked == 1
    assert "doubled: wrong code" in verdict.notes


def test_answers_that_go_out_twice(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = outbox.put

    def twice(connection: Connection, bot: int, messages: Sequence[Outgoing], at: datetime) -> int:
        copies = [replace(one, key=f"{one.key}:again") for one in messages if "up" in one.key]
        return right(connection, bot, [*messages, *copies], at)

    monkeypatch.setattr(outbox, "put", twice)
    verdict = run(sqlite_url, tmp_path, [Deed.TODAY])
    assert verdict.breaches(probed=False) == ["doubled_unmarked=2"], "/ask and /today"


@pytest.mark.parametrize("method", ["sendMessage", "setMessageReaction", "answerCallbackQuery"])
def test_answers_that_never_go_out(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    right = outbox.put

    def forgets(connection: Connection, bot: int, messages: Sequence[Outgoing], at: Any) -> int:
        kept = [m for m in messages if m.method != method or "update" not in m.key]
        return right(connection, bot, kept, at)

    deeds = [Deed.PHOTO, Deed.TODAY] if method != "answerCallbackQuery" else [Deed.RECEIVED]
    monkeypatch.setattr(outbox, "put", forgets)
    verdict = run(sqlite_url, tmp_path, deeds)
    # Of the messages: what can be asked about, the draft, the word that it is kept, and the day.
    assert verdict.breaches(probed=False) == [f"lost={4 if method == 'sendMessage' else 1}"]


def test_what_a_chat_is_in_the_middle_of_kept_in_memory(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = Cut(2)
    memory: dict[int, DialogueState] = {}

    def write(_connection: Any, chat: Any, doing: Doing, facts: Mapping[str, Any], _: Any) -> None:
        memory[chat.id] = DialogueState(doing, dict(facts))

    def read(_connection: Any, chat: Any, _now: Any) -> DialogueState:
        if cut.is_off:
            memory.clear()
        return memory.get(chat.id, DialogueState())

    monkeypatch.setattr(dialogue_states, "write_state", write)
    monkeypatch.setattr(dialogue_states, "read_state", read)
    monkeypatch.setattr(Dialogue, "handle_all", cut.passes(Dialogue.handle_all))
    verdict = run(sqlite_url, tmp_path, [Deed.QUESTION], cut)
    assert verdict.lost == 2, "the question itself and the word that it was taken"


def test_updates_of_a_chat_in_any_order(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def newest(connection: Connection, bot: int, *_: Any) -> list[Arrived]:
        c = telegram_inbox.c
        last = select(func.max(c.id)).where(c.bot_id == bot, c.done_at.is_(None))
        query = select(c.id, c.update_id, c.chat_id, c.raw, c.tries).where(c.id.in_(last))
        return [Arrived(*row) for row in connection.execute(query)]

    monkeypatch.setattr(inbox, "waiting", newest)
    assert run(sqlite_url, tmp_path, PHOTOS).breaches(probed=False) == ["out_of_order=1"]
