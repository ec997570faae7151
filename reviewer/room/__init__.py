"""The reading room: pages on loopback for the station's own browser, while custodians have unlocked it.

What holds the door is in `entrance`, what every answer forbids in `headers`, the browser whose profile is in memory in `browser`.
"""
