"""Venues: registered, opened by hours, shared by a key, booked and used."""
