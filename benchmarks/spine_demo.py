"""How long the whole week of the sample school takes, from an empty folder to the report."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def run(record: Callable[..., None]) -> None:
    """Play the demo once in a child process, as a person does."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "demo")
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "jetkiz", "demo", "--out", out], check=True, capture_output=True
        )
        record(name="spine.demo_s", value=time.perf_counter() - began, unit="s")
