"""Service contracts: signed, delivered, accepted, received for or paid."""
