"""The commands, one module each; imported by the command line when they are called."""
