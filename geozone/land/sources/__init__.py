"""What a path names: local files, archives, object storage, databases, made ready to be read."""
