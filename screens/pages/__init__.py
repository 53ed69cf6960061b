"""The pages: what the shell shows beside the rail. A page is a module here, its style, and a line of the table."""
