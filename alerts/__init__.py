"""Alerts: saved searches meet the adverts being indexed, and people get one digest each of what was released.

`match` finds the watches an advert meets, `gather` turns matches into items, `rhythm` says which are due,
`digest` composes the mail, `channels` carry it away, `sink` is a mail server for this machine only.
Values in, values out; only `channels` and `sink` touch the network or a disk.
"""
