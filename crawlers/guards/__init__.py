"""What keeps a crawl lawful, polite and safe: robots, addresses, bodies, personal data, and the names of failures."""

MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawlers.guards.robots.RobotsMiddleware": 100,
    # below retries (550), so that a challenge page is not tried again; above decompression (590) and redirects (600)
    "crawlers.guards.bodies.BodyGuard": 570,
    # just below redirects (600)
    "crawlers.guards.addresses.RedirectGuard": 610,
    # nearest the downloader: every hop passes it, and a replay is answered above it
    "crawlers.guards.addresses.AddressGuard": 950,
}
"""Downloader middlewares to their place, for the setting `DOWNLOADER_MIDDLEWARES`."""

RESOLVER = "crawlers.guards.resolver.GuardedResolver"
"""For the setting `TWISTED_DNS_RESOLVER`."""
