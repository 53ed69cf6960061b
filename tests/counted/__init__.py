"""Work that is counted instead of timed: a slow machine counts the same."""
