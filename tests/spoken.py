"""Run the command as a person does, and read what it said and how it ended."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from jetkiz import cli
from jetkiz.command_line import CommandDesk
from jetkiz.config import Settings
from jetkiz.storage.files import FileStore


@dataclass(frozen=True)
class Jetkiz:
    """The command ``jetkiz`` on one database and one folder."""

    url: str
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def hash_of_code(self, code: str) -> str:
        """Return what this folder's key makes of a code."""
        return FileStore(self.folder / "files", Settings(data=self.folder).keys).hash_of_code(code)

    def run(self, *arguments: str, language: str = "en") -> str:
        """Return what a command printed; it has to end well."""
        status, out, err = self.ends(*arguments, language=language)
        assert status == 0, err
        return out

    def refuses(self, *arguments: str, language: str = "en") -> str:
        """Return the refusal of a command; it has to end badly, with a sentence."""
        status, _, err = self.ends(*arguments, language=language)
        assert status, "the command was expected to refuse"
        assert "Traceback" not in err
        return err

    def ends(self, *arguments: str, language: str = "en") -> tuple[int, str, str]:
        """Return exit status, output and error output."""
        options = ("--data", str(self.folder), "--database-url", self.url, "--language", language)
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as leave:
            cli.main([*options, *arguments])
        out, err = self.capsys.readouterr()
        return int(leave.value.code or 0), out, err


def stop_the_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let every command of this test believe that it is ``now``."""

    class DeskAtThatMoment(CommandDesk):
        def __init__(self, settings: Settings) -> None:
            super().__init__(settings, lambda: now)

    monkeypatch.setattr(cli, "CommandDesk", DeskAtThatMoment)
