"""Runs the real spiders on several sources in ONE child process, since starting Scrapy is what costs.

`python crawl_round.py HOME KIND:SOURCE...`; everything else is as `scrapy crawl KIND -a source=SOURCE -a home=HOME`.
"""

from __future__ import annotations

import sys

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

if __name__ == "__main__":
    process = AsyncCrawlerProcess(get_project_settings())
    for named in sys.argv[2:]:
        kind, source = named.split(":")
        process.crawl(kind, source=source, home=sys.argv[1])
    process.start()
