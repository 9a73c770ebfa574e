"""Spiders by kind of source, not by site: feed, listing, telegram."""
