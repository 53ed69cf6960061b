"""Parts of the screens, one widget a file."""
