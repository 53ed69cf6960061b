"""Whatever an operator can copy, read: what is wrapped in what, and what stands in it."""
