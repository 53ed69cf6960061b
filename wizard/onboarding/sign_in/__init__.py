"""The integration user's sign-in: the methods there are, which one is chosen, and what comes of it."""
