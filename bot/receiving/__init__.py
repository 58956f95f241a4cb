"""How what people send arrives: fetched, kept in the inbox, files told apart."""
