"""What both sides share: age files, letters, return words, padding, bundles, the panel card.

Nothing here touches a file, a network, a database or a web framework: bytes and binary streams come in, bytes go out.
Opening lives in `crypto.opening` alone, and the panel's secrets in `crypto.panel` alone, so that an import of either
can be seen and forbidden.
"""
