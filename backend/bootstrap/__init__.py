"""Puts the system together: the one place that reads settings and names concrete classes.

Start-up order is what each part needs of the one before; shut-down is the reverse.
"""
