"""What was planned, sent, received and returned: the one ledger."""
