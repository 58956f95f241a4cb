"""The one place that builds things: which channels this school has, joined to its workplace."""

from jetkiz.channel import Channel, load_channels, switched_off
from jetkiz.storage.workplace import Workplace


def build_channels(workplace: Workplace) -> dict[str, Channel]:
    """Build every channel that is switched on."""
    return load_channels(workplace, switched_off(workplace.settings.telegram_token))
