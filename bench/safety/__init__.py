"""Training and measuring the local classifier of `backend/safety`."""
