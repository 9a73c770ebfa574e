"""Making what the reader has learnt: run by maintainers, never while reading."""
