"""The review pages: queue, adverts, search, watches, sources, mail ledger, audit, people.

`create_app` makes the application, `serve` answers on a port, `login_link` makes a way in, `hashed` a password hash,
`load_policy` says who may release what.
"""

from review.app import create_app
from review.links import login_link
from review.passwords import hashed
from review.policy import Policy, load_policy
from review.serving import serve

__all__ = ["Policy", "create_app", "hashed", "load_policy", "login_link", "serve"]
