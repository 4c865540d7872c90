"""A county's federation and its year: 22 books, generated."""
