"""Ways to write an address nobody may be led to."""

LOOPBACK = (
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "0x7f.0.0.1",
    "2130706433",
    "017700000001",
    "①②⑦.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "localhost",
    "127.0.0.1.",
)
"""The 11 spellings Scrapy alone reaches or tries. Source: publishing-and-safety.md §5.1."""

PRIVATE = ("0.0.0.0", "169.254.169.254", "10.0.0.1", "192.168.1.1", "[::]", "[fe80::1]")
"""Machines of a private network, and of a cloud's metadata."""
