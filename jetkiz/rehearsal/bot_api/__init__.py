"""What the bot may ask of the rehearsal Telegram, method by method."""
