"""Files, folders and processes: reading within limits, platform folders, the cache, ending in order.

It knows nothing of what the files say.
"""
