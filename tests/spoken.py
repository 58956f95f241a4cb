"""Run the command as a person does, and read what it said and how it ended."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from jetkiz.cli import main


@dataclass(frozen=True)
class Jetkiz:
    """The command ``jetkiz`` on one database and one folder."""

    url: str
    folder: Path
    capsys: pytest.CaptureFixture[str]

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
            main([*options, *arguments])
        out, err = self.capsys.readouterr()
        return int(leave.value.code or 0), out, err
