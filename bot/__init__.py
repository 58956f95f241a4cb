"""Telegram: what a family sees in the chat, what the bot hears, and how messages leave."""
