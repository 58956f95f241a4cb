"""A command that is called wrongly answers in the reader's language, and asks in it too."""

import gettext
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from jetkiz.cli import asked_language
from jetkiz.command_line import YES, CommandDesk, confirm_or_stop, run_command
from jetkiz.command_words import ARGUMENTS, KINDS, REFUSALS, library_speaks
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import LANGUAGES, translator
from tests.spoken import Jetkiz
from tools.reference import command_tree

# How each command can be called wrongly, and what of the call the refusal has to repeat.
WRONG_CALLS = [
    ((), ""),
    (("dance",), "dance"),
    (("roster", "sett"), "set"),
    (("roster", "--hlep"), "--help"),
    (("roster", "set"), "school"),
    (("roster", "set", "teacher", "1", "phone", "2"), "teacher"),
    (("accounts", "add", "aigul"), "--role"),
    (("accounts", "add", "aigul", "--role", "king"), "king"),
    (("accounts", "add", "aigul", "--ask=3"), "--ask"),
    (("accounts", "audit", "--last", "0"), "--last"),
    (("accounts", "audit", "--student", "Alice"), "Alice"),
    (("serve", "--port"), "--port"),
    (("serve", "--port", "70000"), "70000"),
    (("serve", "--port", "x"), "x"),
    (("run", "--only", "cook"), "cook"),
    (("report", "week"), ""),
    (("report", "week", "2026-W05", "now"), "now"),
    (("report", "week", "2026-W05", "now", "then"), "now then"),
    (("database", "restore", "nothing.sqlite3"), "nothing.sqlite3"),
    (("database", "restore", "."), "'.'"),
    (("database", "backup", "--to", "README.md"), "README.md"),
    (("plan", "override", "1", "2", "post", "--why", "x", "--until", "soon"), "soon"),
    (("plan", "override", "1", "2", "pigeon", "--why", "x"), "pigeon"),
    (("packs", "signed", "2026-W05"), ""),
    (("returns", "scan"), ""),
]
# Words that are the same in every language: names of ours, of files, of values.
NAMES = re.compile(r"--[\w-]+|'[^']*'|\S*\.\S+|jetkiz[ \w-]*|\bI?D\b|[<>=x\d]+")


def english(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]{2,}", NAMES.sub(" ", text))


def spoken(arguments: tuple[str, ...], text: str) -> str:
    """Leave out what the caller wrote and the values that may be chosen."""
    for word in sorted(arguments, key=len, reverse=True):
        text = text.replace(word, "")
    return re.sub(r"\n\t\w+,?", "", text)


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz("", tmp_path, capsys)


@pytest.mark.parametrize(("arguments", "repeated"), WRONG_CALLS, ids=lambda x: " ".join(x)[:40])
def test_a_wrong_call_is_refused_in_the_readers_words(
    command: Jetkiz, arguments: tuple[str, ...], repeated: str
) -> None:
    said = {}
    for language in LANGUAGES:
        status, out, said[language] = command.ends(*arguments, language=language)
        assert status == 2
        assert out == ""
        assert repeated in said[language]
    assert len(set(said.values())) == len(LANGUAGES)
    assert english(spoken(arguments, said["ru"])) == []
    assert english(spoken(arguments, said["kk"])) == []


def test_a_wrong_call_names_the_page_that_helps(command: Jetkiz) -> None:
    said = command.refuses("roster", "set", language="ru")
    assert "Справка: jetkiz roster set --help" in said
    assert "Не хватает: 'ЧТО'" in said
    assert "{" not in said


@pytest.mark.parametrize("name", dict(command_tree()))
def test_the_help_of_every_command_is_in_one_language(command: Jetkiz, name: str) -> None:
    """In one process first Kazakh, then Russian, then English: nothing of one stays in another."""
    words = name.split()[1:]
    helps = {
        language: command.run(*words, "--help", language=language)
        for language in ("kk", "ru", "en")
    }
    assert helps["kk"] == command.run(*words, "--help", language="kk")
    assert not re.search("[ӘәҒғҚқҢңӨөҰұҮүҺһІі]", helps["ru"])
    assert not re.search("[А-Яа-яӘҒҚ]", helps["en"])
    for placeholder in ("ARGS", "OPTIONS", "TEXT", "WEEK", "required", "Options", "Usage"):
        assert placeholder not in helps["ru"] + helps["kk"]


def parameters() -> Iterator[tuple[str, click.Parameter]]:
    for name, context in command_tree():
        for one in context.command.params:
            yield f"{name}: {one.name}", one


def test_everything_a_command_expects_has_a_name() -> None:
    arguments = {p.name for _, p in parameters() if isinstance(p, click.Argument)}
    assert arguments == set(ARGUMENTS)
    nameless = [
        where
        for where, one in parameters()
        if isinstance(one, click.Option) and not one.is_flag
        if not isinstance(one.type, click.Choice) and one.type.name not in KINDS
    ]
    assert nameless == []


def test_gettext_is_given_back(command: Jetkiz) -> None:
    before = gettext.dgettext, gettext.dngettext
    command.refuses("dance", language="ru")
    with library_speaks(lambda: translator("kk")):
        assert gettext.gettext("Missing command.") == translator("kk")("Missing command.")
    assert (gettext.dgettext, gettext.dngettext) == before
    assert gettext.gettext("Missing command.") == "Missing command."


def test_the_library_still_says_what_we_translate() -> None:
    """A new release that words a refusal otherwise would be English again: this notices."""
    folder = Path(click.__file__).parent
    source = "".join(file.read_text("utf-8") for file in sorted(folder.glob("*.py")))
    unknown = [text for text in REFUSALS if repr(text)[1:-1] not in source.replace("\\'", "'")]
    assert unknown == []


@pytest.mark.parametrize(
    ("given", "language"),
    [
        (["--language", "kk", "plan"], "kk"),
        (["--language=ru"], "ru"),
        (["--data", "here", "--language", "kk"], "kk"),
        (["--data", "--language", "kk"], None),
        (["--database-url=x", "--language=ru", "--language", "en"], "en"),
        (["--version", "--language", "ru"], "ru"),
        (["--language"], None),
        (["--language="], None),
        (["accounts", "add", "x", "--language", "ru"], None),
        (["--", "--language", "ru"], None),
        ([], None),
    ],
)
def test_the_language_is_asked_for_before_the_command(
    given: list[str], language: str | None
) -> None:
    assert asked_language(given) == language


def test_the_language_may_stand_behind_the_command(command: Jetkiz) -> None:
    for words in (("ledger", "check"), ("accounts", "list")):
        russian = command.ends(*words, language="ru")
        assert command.ends(*words, "--language", "ru") == russian
        assert command.ends(words[0], "--language=ru", *words[1:]) == russian
        assert command.ends(*words, language="kk") != russian
    helps = command.run("plan", "make", "--help", language="kk")
    assert command.run("plan", "make", "--language", "kk", "--help") == helps


def test_a_language_behind_the_command_that_nobody_speaks_is_refused(command: Jetkiz) -> None:
    said = command.refuses("accounts", "list", "--language", "de", language="ru")
    assert "--language" in said
    assert "kk" in said
    assert english(said.replace("--language", "")) == []


def test_a_language_meant_for_somebody_else_is_not_ours(command: Jetkiz) -> None:
    arguments = ("accounts", "add", "x", "--role", "king", "--language", "kk")
    assert "is not one of" in command.refuses(*arguments, language="en")


def test_unreadable_settings_are_refused_in_the_language_of_the_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jetkiz.toml").write_text("language = ", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JETKIZ_LANGUAGE", "ru")
    with pytest.raises(SystemExit) as leave:
        sys.modules["jetkiz.cli"].main(["report", "week", "2026-W05"])
    assert leave.value.code == 1
    assert "Ошибка: " in capsys.readouterr().err


class Terminal:
    """Somebody who types one answer."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self, _size: int = -1) -> str:
        return self.answer


def consent(monkeypatch: pytest.MonkeyPatch, answer: str, language: str) -> int:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _prompt: answer)
    desk = CommandDesk(Settings(language=language))
    return run_command(lambda: confirm_or_stop(desk, "Bring this in?", yes=False), desk)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answer", [*sorted(YES), " Да ", "ИӘ", "Yes"])
def test_yes_is_understood_in_every_language(
    monkeypatch: pytest.MonkeyPatch, answer: str, language: str
) -> None:
    assert consent(monkeypatch, answer, language) == 0


@pytest.mark.parametrize("answer", ["", "n", "нет", "жоқ", "да нет", "yess", "1", "no"])
def test_everything_else_is_no(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    assert consent(monkeypatch, answer, "ru") == 1


def test_nobody_to_ask_is_a_refusal_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    desk = CommandDesk(Settings())
    with pytest.raises(JetkizError, match="--yes"):
        confirm_or_stop(desk, "Bring this in?", yes=False)
    confirm_or_stop(desk, "Bring this in?", yes=True)
