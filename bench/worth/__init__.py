"""What a statement's worth of remembering is learned from."""
