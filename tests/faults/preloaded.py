"""What a crawl imports, without the reactor, which every child installs for itself."""

from importlib import import_module

from scrapy.settings import default_settings

_COMPONENTS = (
    default_settings.EXTENSIONS_BASE,
    default_settings.DOWNLOADER_MIDDLEWARES_BASE,
    default_settings.SPIDER_MIDDLEWARES_BASE,
)
_MODULES = (
    "pandas",  # pyarrow looks for it when it makes a table
    "twisted.internet.asyncioreactor",
    "scrapy.core.downloader.contextfactory",
    "scrapy.core.scheduler",
    "scrapy.core.scraper",
    "scrapy.dupefilters",
    "scrapy.pqueues",
    "scrapy.selector",
    "scrapy.squeues",
    "scrapy.statscollectors",
    "crawlers.__main__",
    "crawlers.guards.addresses.middlewares",
    "crawlers.guards.bodies.whole",
    "crawlers.guards.robots.middleware",
    "crawlers.platforms.files",
    "crawlers.pages.replay",
    "crawlers.pages.retry",
    "crawlers.spiders.cget_2019",
    "crawlers.spiders.fablabs_io",
    "crawlers.spiders.openstreetmap",
    "crawlers.spiders.spaceapi",
    "tests.faults.probe",
)
for name in (*_MODULES, *(path.rpartition(".")[0] for paths in _COMPONENTS for path in paths)):
    import_module(name)
