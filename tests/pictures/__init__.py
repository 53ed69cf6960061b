"""Pictures of the screens, made by the program itself: `python -m tests.pictures`, or `make pictures`."""
