"""How a client behaved, judged by the journal of the server that it called."""
