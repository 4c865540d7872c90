"""What the public and the members see of a book: no person, no word that somebody wrote."""
