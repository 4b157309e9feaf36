"""THE DOLL'S HOUSE: a shop with known truth and labelled faults, written as exports.

Here belong the world (what truly happens), the systems (what each hears of it, and when),
faults (what a system hears wrongly) and labels (what was done). No reconciling: this
package knows the right answers and is never asked while the pipeline looks for them.
"""
