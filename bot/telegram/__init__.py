"""How Telegram is spoken to: one request, what its answer means, how a file is named."""
