"""`make soak` and `make soak-full`: every property, how often it was tried, and how often it held."""
