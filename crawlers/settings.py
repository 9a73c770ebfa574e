"""Scrapy settings. What a deployment may set (delay, size, contact, budget) comes from its `chyrak.toml` at start."""

from __future__ import annotations

BOT_NAME = "chyrak"
SPIDER_MODULES = ["crawlers.spiders"]
NEWSPIDER_MODULE = "crawlers.spiders"

# Doors that Scrapy opens by default: one runs Python posted to it, the other is a shell. Neither is even imported.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.logstats.LogStats": 0,
}
EXTENSIONS = {
    "crawlers.memory.OwnMemory": 0,
    "crawlers.politeness.throttle.Throttle": 0,
    "crawlers.verdict.Verdict": 0,
}

ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "chyrak"
COOKIES_ENABLED = False
REFERER_ENABLED = False
METAREFRESH_ENABLED = False
HTTPPROXY_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True

CONCURRENT_REQUESTS = 1  # a second one under way could not be called back when the site says no
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 3.0
DOWNLOAD_DELAY_JITTER = 0.0  # Scrapy's own jitter would halve every second delay
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_MAX_DELAY = 60.0
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 10_000_000
DOWNLOAD_WARNSIZE = 0
DNS_TIMEOUT = 20
CLOSESPIDER_TIMEOUT = 1800
MEMUSAGE_LIMIT_MB = 1024
REDIRECT_MAX_TIMES = 5
DEPTH_LIMIT = 0

RETRY_TIMES = 1
RETRY_HTTP_CODES = [408, 500, 502, 503, 504, 522, 524]

SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
HTTPERROR_ALLOW_ALL = True
LOG_LEVEL = "INFO"
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False  # it parses the spider's source at every run

# br and zstd are left out: not every WARC reader opens them.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9",
    "Accept-Language": "ru,ky,kk,uz,tg,tk;q=0.9,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}
DOWNLOADER_MIDDLEWARES = {
    "crawlers.politeness.limits.Limits": 50,
    "crawlers.politeness.robots.Robots": 100,
    "crawlers.politeness.refusal.Refusal": 570,
    "crawlers.politeness.raw.Raw": 595,
}
