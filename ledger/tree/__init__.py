"""The tree of units: founding, standing, moving, handing over, closing."""
