"""The demo town: made-up sites on this machine, people who read them, and a mailbox to look into.

Nothing here meets the network: every site listens on loopback, every advert, person and number is invented.
"""
