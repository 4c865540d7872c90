"""What speaks against closing a month: a list of items, each with findings that say what to do."""
