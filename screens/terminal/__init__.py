"""What has to know how Textual works inside: the terminal's driver, the order of keys, what is sent, how it ends.

The only place where a private part of Textual is used. Each use says why, and the version it was seen in; Textual is
pinned to that minor version in pyproject.toml, and these are the files to read again when it moves on.
"""
