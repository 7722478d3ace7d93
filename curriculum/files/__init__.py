"""From files of facts to the database: read, understood, compared, planned. schema.py says what a file may hold."""
