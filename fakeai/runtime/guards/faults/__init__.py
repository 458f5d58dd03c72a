"""Faults that somebody wants: errors, cut connections, streams that stall or break."""
