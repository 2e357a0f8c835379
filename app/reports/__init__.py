"""Reports on their way to people: cut for the reader, compared, exported."""
