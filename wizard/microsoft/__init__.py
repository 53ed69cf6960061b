"""Microsoft's services, one module each, over one HTTP path."""
