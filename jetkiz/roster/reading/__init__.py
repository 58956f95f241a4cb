"""How files of other people become checked tables: bytes, rows, columns, cells."""
