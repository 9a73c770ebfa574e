"""What keeps a crawl gentle and lawful, as Scrapy components: robots.txt, delays, budget, refusals, size, no media."""
