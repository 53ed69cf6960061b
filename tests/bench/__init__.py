"""How fast: each number beside the least that could do the same, taken in turns in one run. `make bench`."""
