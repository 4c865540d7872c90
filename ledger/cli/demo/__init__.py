"""The demonstration: one trade-union unit's March, from bank files to signed-off statements."""
