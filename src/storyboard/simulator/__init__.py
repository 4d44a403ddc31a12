"""A stand-in for the paid API, over real HTTP: rehearse a build for nothing, in any weather.

It is written from the provider's documentation alone and shares no code with the client, so that a
mistake in one is seen by the other. Start reading at `server.py`, then `provider.py`.
"""
