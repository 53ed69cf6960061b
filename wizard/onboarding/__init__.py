"""The journey, its steps and checks, and the health of what is stored."""
