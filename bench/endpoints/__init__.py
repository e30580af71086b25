"""How the REST endpoints do on a database with much in it."""
