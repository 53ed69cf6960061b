"""Reads partner-wizard's own output, pasted back."""
