"""What steps ask of services and of this machine, where several steps ask it or it is a subject of its own."""
