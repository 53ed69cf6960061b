"""The integration user's sign-in: the ways there are, which one is taken, and what comes of it."""
