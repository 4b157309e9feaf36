"""X12 files: envelopes with right counts around the segments a test is about.

The documents are written after the published segments (https://www.stedi.com/edi/x12-004010);
the 944 has what the mapping of one warehouse sends
(https://www.infopluscommerce.com/knowledge-base/944-warehouse-stock-transfer-receipt-advice).
"""

from collections.abc import Sequence

GROUPS = {"846": "IB", "944": "RE", "945": "SW", "997": "FA", "947": "AW", "850": "PO"}
COUNT = [
    "BIA*00*SI*RPT-1*20260406*1003",
    "N1*WH*Main warehouse*92*WH01",
    "LIN*1*SK*00123*UP*012345678905",
    "PID*F****A chair",
    "QTY*17*12*EA",
    "QTY*33*9*EA",
    "LIN*2*SK*1e5",
    "QTY*17*0*EA",
    "CTT*2",
]
RECEIPT = [
    "W17*F*20260406*R-77*PO-5*SHIP-1",
    "N1*WH*Main warehouse*92*WH01",
    "W07*24*EA**SK*00123",
    "G69*A chair",
    "W07*3*CA**UP*012345678905*SK*1e5",
    "W14*27",
]
SHIPMENT = [
    "W06*F*SO-9*20260405*SHIP-9",
    "N1*WH*Main warehouse*92*WH01",
    "N1*ST*Jane Doe*92*C-1",
    "LX*1",
    "W12*CC*5*5**EA**SK*00123",
    "LX*2",
    "W12*BP*4*1*3*EA**VN*X*********SK*1e5",
    "W12*BK*2*0*2*EA**SK*SOLDOUT",
    "W03*6*10*LB",
]


def write_set(kind: str, segments: Sequence[str], number: str = "0001") -> list[str]:
    """Return a transaction set with its header and trailer."""
    return [f"ST*{kind}*{number}", *segments, f"SE*{len(segments) + 2}*{number}"]


def write_group(*sets: list[str], kind: str = "846", number: str = "7") -> list[str]:
    header = f"GS*{GROUPS[kind]}*3PL*ACME*20260406*1015*{number}*X*004010"
    return [header, *(segment for one in sets for segment in one), f"GE*{len(sets)}*{number}"]


def write_file(
    *groups: list[str], number: str = "000000042", usage: str = "P", marks: str = "*:~"
) -> bytes:
    """Return one interchange; ``marks`` are those of elements, components and segments."""
    header = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'3PL':15}*ZZ*{'ACME':15}*260406*1015*U*00401*{number}*0*"
        f"{usage}*:"
    )
    segments = [header, *(s for group in groups for s in group), f"IEA*{len(groups)}*{number}"]
    element, component, end = marks
    text = "".join(f"{segment}~" for segment in segments)
    return text.translate(str.maketrans("*:~", f"{element}{component}{end}")).encode()


def write_document(kind: str, segments: Sequence[str]) -> bytes:
    """Return a file with one document."""
    return write_file(write_group(write_set(kind, segments), kind=kind))
