"""EDI X12: files of 846, 944 and 945 as counts, receipts and shipments.

What belongs here: every word of that standard. What does not: where the files come from.
"""
