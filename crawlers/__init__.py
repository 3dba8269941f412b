"""Sources to pages, listings and rejections; the only room that knows Scrapy."""
