"""Addresses that a browser ended on, and links into a sign-in or a consent."""
