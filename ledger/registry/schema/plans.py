"""Distribution plans, and what they gave to whom."""
