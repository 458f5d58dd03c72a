"""What a request, a stream and a start cost, measured beside yardsticks in the same run. Linux only."""
