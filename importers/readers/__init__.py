"""The doors to the formats of files: what comes out is always rows of text cells."""
