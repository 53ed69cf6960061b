"""Data of partner-wizard: clouds, scenes, error catalogue, help texts and styles, read through importlib.resources."""
