"""The fixtures of every review test; what they are made of stands in `review_parts`."""

from review_parts import make_town, model_home, town  # noqa: F401
