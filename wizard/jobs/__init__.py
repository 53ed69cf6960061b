"""What runs on its own, with nobody there: a renewal of a stored token."""
