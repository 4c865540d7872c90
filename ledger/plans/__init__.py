"""Distribution plans: a pool divided among units, previewed, proposed, and expected by each."""
