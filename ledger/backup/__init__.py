"""A federation in one file, proven when it is written and again before it is put in place."""
