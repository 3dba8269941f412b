"""What keeps a crawl lawful, polite and safe: robots, addresses, bodies, personal data, and the names of failures."""
