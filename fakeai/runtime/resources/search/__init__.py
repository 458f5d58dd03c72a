"""What makes the files of a vector store searchable: text, chunks, vectors, an index and filters."""
