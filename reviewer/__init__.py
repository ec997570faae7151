"""The station: the offline side. Custody of the panel's keys, import, the sealed store, reading, and the way back.

The only home of panel keys. At rest there are only sealed letters and a ledger of digests; keys and plaintext exist in
memory while enough custodians have unlocked them, for the length of one command.
"""
