"""What a site permits: the rules of its robots.txt, its crawl delay, and what it reserves of mining."""
