"""Journeys on disk, and the session that opens one."""
