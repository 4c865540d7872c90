"""Dues: what members owe and why, what was paid, and what is still to come."""
