"""NetSuite, over SuiteQL and its REST records.

The balances that say how much lies where, the transaction lines that say what moved, and
inventory adjustments.
"""
