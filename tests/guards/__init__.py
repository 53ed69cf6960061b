"""Guards of the product, and the tests that hold them: see `__main__`."""
