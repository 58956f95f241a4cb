"""Whatever a family does, in any order, every page is where the family believes it to be."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from bot.chats import links, questions
from bot.talking import dialogue_states, draft_news
from bot.talking.dialogue_states import DialogueState, Doing
from bot.words.keyboards import Verb
from jetkiz.homework.model import SILENCE, ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import BOT, family_of
from tests.factories import People, add_people, publish_week
from tests.lives import truths_that_held

MOTHER, FATHER = 11, 12
COMMANDS = ["homework", "today", "homework", "today", "ask", "children"]
PHONES = (MOTHER, FATHER)
NAME, WEEK_WORD = "Zauresh", "неделя"
Task = tuple[int, int]
Question = tuple[Task, list[str]]
QUESTIONS = {Doing.ASKING: Verb.NO_QUESTION, Doing.NAMING: Verb.NO_NAME}


@dataclass
class Phone:
    """What the model believes that a chat is in the middle of."""

    doing: Doing = Doing.NOTHING
    about: Task | None = None
    album: str = ""
    waiting: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    albums_asked: dict[str, Question] = field(default_factory=dict)

    def end(self) -> None:
        """What was going on has ended; pages that nobody placed ask for their word again."""
        self.doing = Doing.CHOOSING if self.waiting else Doing.NOTHING
        self.about, self.album = None, ""

    def begin(self, doing: Doing, about: Task | None) -> None:
        self.doing, self.about, self.album = doing, about, ""

    def put_question(self, said: str, album: str) -> None:
        assert self.about
        question = (self.about, [said])
        self.questions.append(question)
        if album:
            self.albums_asked[album] = question
        self.end()


@dataclass
class Model:
    """Where each page is, by its hash."""

    children: dict[int, tuple[int, ...]]
    lessons: tuple[int, ...]
    phones: dict[int, Phone] = field(default_factory=lambda: {one: Phone() for one in PHONES})
    drafts: dict[Task, list[tuple[str, int]]] = field(default_factory=dict)
    handed_in: dict[Task, list[list[str]]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)

    def open_tasks(self, student: int) -> list[Task]:
        return [(student, n) for n in self.lessons if (student, n) not in self.handed_in]

    def file(self, phone: int, task: Task, pages: list[str], album: str) -> None:
        self.drafts.setdefault(task, []).extend((page, phone) for page in pages)
        self.collect(phone, task, album)

    def collect(self, phone: int, task: Task, album: str) -> None:
        one = self.phones[phone]
        one.doing, one.about, one.album = Doing.DRAFT, task, album

    def ask(self, phone: int, pages: list[str], album: str) -> None:
        one = self.phones[phone]
        one.doing, one.about, one.album = Doing.CHOOSING, None, album
        one.waiting += pages

    def photo(self, phone: int, page: str, album: str) -> None:
        one = self.phones[phone]
        late = one.doing == Doing.SEALED and album and album == one.album
        if one.doing == Doing.NAMING:
            return  # a photo is no name, and the phone is told so
        if album in one.albums_asked:
            one.albums_asked[album][1].append(page)
        elif one.doing == Doing.ASKING:
            one.put_question(page, album)
        elif late and one.about:
            if not self.drafts.get(one.about):
                self.drafts[one.about] = [(old, phone) for old in self.handed_in[one.about][-1]]
            self.file(phone, one.about, [page], album)
        elif one.doing == Doing.DRAFT and one.about:
            self.file(phone, one.about, [page], album)
        else:
            self.place(phone, page, album)

    def words(self, phone: int, words: str, page: str) -> None:
        """What a name, a number and a command's word mean depends on what was asked for."""
        one = self.phones[phone]
        if one.doing == Doing.ASKING:
            one.put_question(words, "")
        elif words == WEEK_WORD and one.doing != Doing.DRAFT:
            self.lay_aside(phone)
        elif one.doing == Doing.NAMING and words == NAME:
            one.end()
        elif one.doing == Doing.DRAFT and one.about:
            pages = self.drafts.get(one.about)
            self.texts.add(page)
            if not pages or pages[-1][0] in self.texts:
                self.file(phone, one.about, [page], one.album)

    def place(self, phone: int, page: str, album: str) -> None:
        tasks = [task for child in self.children[phone] for task in self.open_tasks(child)]
        if self.phones[phone].doing == Doing.CHOOSING or len(tasks) > 1:
            self.ask(phone, [page], album)
        elif tasks:
            self.file(phone, tasks[0], [page], album)

    def begin(self, phone: int, task: Task) -> None:
        self.collect(phone, task, "")

    def choose(self, phone: int, task: Task) -> None:
        one = self.phones[phone]
        pages, one.waiting = one.waiting, []
        self.file(phone, task, pages, one.album)

    def finish(self, phone: int, task: Task) -> None:
        pages = self.drafts.get(task)
        if not pages:
            return
        self.handed_in.setdefault(task, []).append([page for page, _ in self.drafts.pop(task)])
        one = self.phones[phone]
        if one.about == task and one.doing not in QUESTIONS:
            one.doing = Doing.SEALED

    def remove(self, phone: int, task: Task) -> None:
        if self.drafts.get(task):
            self.drafts[task].pop()
            one = self.phones[phone]
            is_about = one.about == task and one.doing not in QUESTIONS
            self.collect(phone, task, one.album if is_about else "")

    def move(self, phone: int, task: Task) -> None:
        pages = self.drafts.pop(task, [])
        if pages:
            self.ask(phone, [page for page, _ in pages], self.phones[phone].album)

    def cancel(self, phone: int, task: Task) -> None:
        self.drafts.pop(task, None)
        one = self.phones[phone]
        if one.about == task and one.doing not in QUESTIONS:
            one.end()

    def drop(self, phone: int) -> None:
        """What waits is thrown away; whatever else goes on, goes on."""
        one = self.phones[phone]
        one.waiting = []
        if one.doing == Doing.CHOOSING:
            one.end()

    def lay_aside(self, phone: int) -> None:
        """A command ends the collecting; pages stay in their draft, and what waits goes on."""
        one = self.phones[phone]
        if one.doing == Doing.DRAFT or one.doing in QUESTIONS:
            one.end()

    def wonder(self, phone: int, task: Task) -> None:
        self.phones[phone].begin(Doing.ASKING, task)

    def rename(self, phone: int, _child: tuple[int]) -> None:
        self.phones[phone].begin(Doing.NAMING, None)

    def leave_question(self, phone: int, verb: Verb) -> None:
        if QUESTIONS.get(self.phones[phone].doing) == verb:
            self.phones[phone].end()

    def show_order(self, phone: int, task: Task) -> None:
        """To look at the order changes nothing."""

    def add(self, phone: int, task: Task) -> None:
        self.collect(phone, task, "")

    def up(self, phone: int, page: tuple[int, int, int]) -> None:
        pages = self.drafts.get(page[:2], [])
        if 2 <= page[2] <= len(pages):
            pages[page[2] - 2 : page[2]] = pages[page[2] - 2 : page[2]][::-1]

    def silence(self) -> None:
        for task, pages in [(task, pages) for task, pages in self.drafts.items() if pages]:
            self.handed_in.setdefault(task, []).append([page for page, _ in pages])
            del self.drafts[task]
            for phone in {phone for _, phone in pages}:
                one = self.phones[phone]
                if one.about == task and not one.waiting and one.doing not in QUESTIONS:
                    one.end()


VERBS = {
    Verb.HAND_IN: Model.begin,
    Verb.CHOOSE_TASK: Model.choose,
    Verb.FINISH: Model.finish,
    Verb.REMOVE: Model.remove,
    Verb.MOVE: Model.move,
    Verb.CANCEL: Model.cancel,
    Verb.ADD: Model.add,
    Verb.ORDER: Model.show_order,
    Verb.UP: Model.up,
    Verb.ASK: Model.wonder,
    Verb.RENAME: Model.rename,
}
ABOUT_PAGES = {*VERBS, *QUESTIONS.values(), Verb.CHOOSE_CHILD, Verb.DROP, Verb.LATER}
# Who belongs to the family stays the same in this story.
NOT_PRESSED = {Verb.PART}


class Dialogues(RuleBasedStateMachine):
    """Two phones, two children, three tasks each, and every button that was ever shown."""

    database: Database
    files: FileStore
    people: People

    @initialize()
    def begin(self) -> None:
        people = self.people
        self.stack = ExitStack()
        self.family = self.stack.enter_context(family_of(self.database, self.files))
        self.family.link(MOTHER, people.alice, people.bob)
        self.family.link(FATHER, people.alice)
        children = {MOTHER: (people.alice, people.bob), FATHER: (people.alice,)}
        self.model = Model(children, people.lessons)
        self.pages = 0

    @rule(phone=st.sampled_from(PHONES), album=st.sampled_from(["", "", "a", "b"]))
    def photo(self, phone: int, album: str) -> None:
        self.pages += 1
        page = sha256(str(self.pages).encode()).hexdigest()
        self.family.sends(phone, page, album)
        self.model.photo(phone, page, album)

    @rule(phone=st.sampled_from(PHONES), name=st.sampled_from(COMMANDS))
    def command(self, phone: int, name: str) -> None:
        self.family.says(phone, f"/{name}")
        self.model.lay_aside(phone)

    @rule(phone=st.sampled_from(PHONES), words=st.sampled_from([NAME, WEEK_WORD, "2"]))
    def words(self, phone: int, words: str) -> None:
        """Type a name, what is a command elsewhere, and the number of a lesson."""
        self.family.says(phone, words)
        self.model.words(phone, words, self.files.put_sealed(words.encode()))

    @rule(phone=st.sampled_from(PHONES), choice=st.integers(0, 10**6))
    def press_any(self, phone: int, choice: int) -> None:
        """Press any button on the screen, the oldest ones too."""
        shown = self.family.screens[phone].buttons()
        buttons = [b for b in shown if b[2].verb not in NOT_PRESSED]
        if buttons:
            self.press(phone, *buttons[choice % len(buttons)][:2])

    @rule(phone=st.sampled_from(PHONES), choice=st.integers(0, 99))
    def press_new(self, phone: int, choice: int) -> None:
        """Press a button of the newest messages about pages."""
        shown = [b for b in self.family.screens[phone].buttons() if b[2].verb in ABOUT_PAGES]
        if shown:
            newest = shown[-6:]
            self.press(phone, *newest[choice % len(newest)][:2])

    def press(self, phone: int, message_id: int, data: str) -> None:
        [press] = {b[2] for b in self.family.screens[phone].buttons() if b[1] == data}
        self.family.presses(phone, message_id, data)
        if press.verb == Verb.CHOOSE_CHILD:
            tasks = self.model.open_tasks(press.numbers[0])
            if len(tasks) == 1:
                self.model.choose(phone, tasks[0])
        elif press.verb == Verb.DROP:
            self.model.drop(phone)
        elif press.verb in QUESTIONS.values():
            self.model.leave_question(phone, press.verb)
        elif press.verb in VERBS:
            VERBS[press.verb](self.model, phone, press.numbers)  # type: ignore[arg-type]

    @precondition(lambda self: any(self.model.drafts.values()))
    @rule()
    def half_an_hour_passes(self) -> None:
        self.family.now += SILENCE + timedelta(minutes=1)
        zone = ZoneInfo("Asia/Qostanay")
        draft_news.seal_silent(self.family.connection, BOT, zone, self.family.now)
        self.family.deliver()
        self.model.silence()

    @rule()
    def the_program_starts_again(self) -> None:
        self.family.restart()

    @invariant()
    def every_page_is_where_it_is_believed_to_be(self) -> None:
        if not hasattr(self, "model"):
            return
        returns = read_returns(
            self.family.connection, students=[self.people.alice, self.people.bob]
        )
        wanted = {task: [p for p, _ in pages] for task, pages in self.model.drafts.items() if pages}
        found = {
            (one.student, one.lesson): [page.sha256 for page in one.pages]
            for one in returns
            if one.state == ReturnState.DRAFT and one.pages
        }
        assert found == wanted
        sealed: dict[Task, list[list[str]]] = {}
        for one in sorted(returns, key=lambda work: work.version):
            if one.state == ReturnState.HANDED_IN:
                pages = [page.sha256 for page in one.pages]
                sealed.setdefault((one.student, one.lesson), []).append(pages)
        assert sealed == self.model.handed_in

    def state(self, phone: int) -> DialogueState:
        chat = links.find_chat(self.family.connection, BOT, phone)
        assert chat
        return dialogue_states.read_state(self.family.connection, chat, self.family.now)

    @invariant()
    def what_waits_is_what_nobody_placed(self) -> None:
        for phone, believed in self.model.phones.items() if hasattr(self, "model") else ():
            state = self.state(phone)
            waits = [page["sha256"] for page in state.facts.get("pages", ())]
            assert (state.doing, waits) == (believed.doing, believed.waiting)

    @invariant()
    def every_question_is_with_the_lesson_it_was_asked_about(self) -> None:
        for phone, believed in self.model.phones.items() if hasattr(self, "model") else ():
            chat = links.find_chat(self.family.connection, BOT, phone)
            assert chat
            kept = [
                ((one.student, one.lesson), [part.sha256 or part.words for part in one.parts])
                for one in questions.of_chat(self.family.connection, chat)
            ]
            assert kept == believed.questions

    @invariant()
    def the_way_on_can_be_seen(self) -> None:
        """An open draft can be handed in, and a question be answered, on the phone that has it."""
        for phone, one in self.model.phones.items() if hasattr(self, "model") else ():
            verbs = {(b[2].verb, b[2].numbers) for b in self.family.screens[phone].buttons()}
            mine = [by for _, by in self.model.drafts.get(one.about or (0, 0), ()) if by == phone]
            if one.doing == Doing.DRAFT and one.about and mine:
                ways = {(Verb.FINISH, one.about), (Verb.CHOOSE_TASK, one.about)}
                assert verbs & ways
            if one.doing == Doing.CHOOSING:
                assert {verb for verb, _ in verbs} & {Verb.CHOOSE_CHILD, Verb.CHOOSE_TASK}
            if one.doing in QUESTIONS:
                assert QUESTIONS[one.doing] in {verb for verb, _ in verbs}

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()


@pytest.fixture
def school(sqlite_database: Database, tmp_path: Path) -> type[Dialogues]:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    facts = {"database": sqlite_database, "files": FileStore(tmp_path), "people": people}
    return type("Told", (Dialogues,), facts)


def test_no_order_of_acts_loses_or_misplaces_a_page(school: type[Dialogues]) -> None:
    assert truths_that_held(school, lives=6, steps=25) == {
        "every_page_is_where_it_is_believed_to_be",
        "what_waits_is_what_nobody_placed",
        "every_question_is_with_the_lesson_it_was_asked_about",
        "the_way_on_can_be_seen",
    }
