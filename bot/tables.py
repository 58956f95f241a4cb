"""How chats, links, outbox and inbox are kept."""
