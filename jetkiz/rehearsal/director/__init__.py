"""The director's side: plays people, sets faults and the clock, reads the ledger."""
