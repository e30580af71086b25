"""What is held on a user: handed out whole, and erased."""
