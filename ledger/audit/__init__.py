"""The auditor's bench: what a third party reads, draws, asks and finds, without writing a book."""
