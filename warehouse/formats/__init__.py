"""One table to one file format, byte for byte the same for the same table."""
