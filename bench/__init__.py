"""Measurements: what a turn and a recall cost on this machine. Never asserted, always written down."""
