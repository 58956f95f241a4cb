"""How long a printed link code holds, and how often it can be used."""

from datetime import timedelta
from typing import Final

VALID_FOR: Final = timedelta(days=30)
USES: Final = 3
