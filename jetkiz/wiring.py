"""The one place that builds things: which channels this school has, joined to its workplace."""

from importlib import import_module

from jetkiz.channel import CHANNELS, Channel
from jetkiz.storage.workplace import Workplace


def build_channel(name: str, workplace: Workplace) -> Channel:
    """Import one channel and give it the workplace."""
    module, _, kind = CHANNELS[name].partition(":")
    channel: Channel = getattr(import_module(module), kind)(workplace)
    return channel


def build_channels(workplace: Workplace) -> dict[str, Channel]:
    """Build every channel of the table; Telegram needs a token and is left out without one."""
    return {
        name: build_channel(name, workplace)
        for name in CHANNELS
        if name != "telegram" or workplace.settings.telegram_token
    }
