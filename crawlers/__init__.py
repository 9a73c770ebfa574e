"""The Scrapy project: source register, spiders by kind, politeness, evidence, pages -> postings.

A crawl writes captures and page state and nothing else; `crawlers.pages.to_postings` reads them afterwards.
"""
