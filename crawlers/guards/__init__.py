"""What keeps a crawl lawful, polite and safe: robots, addresses, bodies, personal data, and the names of failures."""

MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawlers.guards.robots.middleware.RobotsMiddleware": 100,
    # below retries (550), so that a challenge page is not tried again; above decompression (590) and redirects (600)
    "crawlers.guards.bodies.whole.BodyGuard": 570,
    # above redirects (600): where one leads is refused before a request for it is made
    "crawlers.guards.addresses.middlewares.RedirectGuard": 610,
    # nearest the downloader: every hop passes it, and a replay is answered above it; what is refused is archived so
    "crawlers.guards.addresses.middlewares.AddressGuard": 950,
}
"""Downloader middlewares to their place, for the setting `DOWNLOADER_MIDDLEWARES`."""

RESOLVER = "crawlers.guards.addresses.resolver.GuardedResolver"
"""For the setting `TWISTED_DNS_RESOLVER`."""
