"""From what AIPerf measured of a server to a latency with which FakeAI answers like it."""
