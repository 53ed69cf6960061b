"""Modal dialogs; each returns a typed answer through `dismiss`."""
