"""What looks like a secret, what is known for one, and taking both out."""
