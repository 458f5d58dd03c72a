"""How calls arrive and answers leave."""
