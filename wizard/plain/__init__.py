"""The journey in plain lines: the answers file, the run, questions at the terminal."""
