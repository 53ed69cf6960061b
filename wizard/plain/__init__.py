"""The journey in plain lines: answers file, unattended run, questions line by line."""
