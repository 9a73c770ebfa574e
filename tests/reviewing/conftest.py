"""The fixtures of every review test; what they are made of stands in `review_parts` and `review_house`."""

from review_house import chromium, house, visitor  # noqa: F401
from review_parts import make_town, model_home, town  # noqa: F401
