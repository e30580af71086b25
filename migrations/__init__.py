"""Schema revisions: expand, deploy, contract."""
