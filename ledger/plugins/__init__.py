"""Beancount plugins, so that plain ``bean-check`` and Fava show the program's own findings."""
