"""One module a source: what network.toml says, written the way the real source writes it."""
