"""The crawl database: schedule, runs, page state, captures, leases, health of sources."""
