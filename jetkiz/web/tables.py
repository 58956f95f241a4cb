"""How accounts, sessions and the audit are kept."""
