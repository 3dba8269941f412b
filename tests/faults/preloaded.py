"""What a crawl imports, without the reactor, which every child installs for itself."""

from importlib import import_module

for name in (
    "scrapy.core.downloader.middleware",
    "scrapy.core.engine",
    "scrapy.core.scheduler",
    "scrapy.core.scraper",
    "scrapy.crawler",
    "scrapy.downloadermiddlewares.httpcache",
    "scrapy.downloadermiddlewares.redirect",
    "scrapy.downloadermiddlewares.retry",
    "scrapy.selector",
    "crawlers.__main__",
    "crawlers.crawl",
    "crawlers.guards.addresses",
    "crawlers.guards.bodies",
    "crawlers.guards.robots",
    "crawlers.platforms.files",
    "crawlers.replay",
    "crawlers.spiders.cget_2019",
    "crawlers.spiders.fablabs_io",
    "crawlers.spiders.openstreetmap",
    "crawlers.spiders.spaceapi",
    "tests.faults.probe",
):
    import_module(name)
