"""X12 envelopes: a file of interchanges as transaction sets, every count and number checked. Pure.

Own code, and why: an X12 file is segments and elements between delimiters that its first
segment declares, which takes a page. Of the readers on the package index pyx12 (BSD) is the one
that is kept up; it is made for HIPAA, refuses releases other than 4010 and 5010, and stops at an
empty segment without a word. badx12, tigershark and linuxforhealth-x12 had their last release
in 2018, 2021 and 2022.

Source: https://www.stedi.com/edi/x12-004010 (ISA, GS, ST, SE, GE, IEA)
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TextIO

from inventory_pipeline.connectors.text_source import Source, open_bytes
from inventory_pipeline.errors import SourceContractError

ISA_LENGTH = 106
ISA_ELEMENTS = 16
CHUNK = 1 << 20
LONGEST_SEGMENT = 1 << 16

Segment = list[str]


@dataclass(frozen=True)
class TransactionSet:
    """One document. Element 0 of a segment is its name, as W07.

    Attributes:
        kind: as 846; group: the GS segment it came under.
        element, component: the marks between elements, and between the parts of one.
        texts: the segments between ST and SE, as they are written.
    """

    kind: str
    group: Segment
    element: str
    component: str
    texts: list[str] = field(repr=False)

    @property
    def segments(self) -> Iterator[Segment]:
        """Yield every segment; a long document is never taken apart as a whole."""
        return (text.split(self.element) for text in self.texts)


def read_sets(source: Source) -> Iterator[TransactionSet]:
    """Yield every transaction set; the last word of the file is that its envelope was whole.

    Raises:
        SourceContractError: no X12, test data, or an envelope whose counts or control numbers
            do not agree: then the file was cut or put together wrongly.
        UnicodeDecodeError: it is no UTF-8.
    """
    with io.TextIOWrapper(open_bytes(source), encoding="utf-8-sig", newline="") as file:
        tape = _Tape(file)
        is_first = True
        while tape.has_more() or is_first:
            is_first = False
            yield from _read_interchange(tape)


def find_element(segment: Segment, number: int) -> str:
    """Return an element, spaces around it taken off; what is not there is empty."""
    return segment[number].strip() if number < len(segment) else ""


class _Tape:
    """Reads a file segment by segment."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._text, self._at = file, "", 0
        self.mark, self.element, self.component = "", "", ""
        self.number = 0

    def has_more(self) -> bool:
        """Return whether anything but blanks is left, and skip the blanks."""
        while True:
            while self._at < len(self._text):
                if not self._text[self._at].isspace():
                    return True
                self._at += 1
            self._text, self._at = self._file.read(CHUNK), 0
            if not self._text:
                return False

    def read_header(self) -> Segment:
        """Read an ISA segment: it has fixed places, and declares the delimiters."""
        while len(self._text) - self._at < ISA_LENGTH and (more := self._file.read(CHUNK)):
            self._text += more
        head = self._text[self._at : self._at + ISA_LENGTH]
        if not head.startswith("ISA") or len(head) < ISA_LENGTH:
            raise SourceContractError(
                f"after segment {self.number} stands {head[:3]!r}, wanted an X12 interchange, "
                f"which begins with ISA and {ISA_LENGTH} characters (UNB would be EDIFACT)"
            )
        self.element, self.component, self.mark = head[3], head[104], head[105]
        self._at += ISA_LENGTH
        self.number += 1
        segment = head[:-1].split(self.element)
        if len(segment) != ISA_ELEMENTS + 1 or self.mark.isalnum() or self.mark == self.element:
            raise SourceContractError(
                f"ISA has {len(segment) - 1} elements and ends with {self.mark!r}; wanted "
                f"{ISA_ELEMENTS}, each of its fixed length, and a delimiter"
            )
        return segment

    def read(self) -> Segment:
        """Read the next segment and take it apart."""
        return self.read_text().split(self.element)

    def read_text(self) -> str:
        """Read the next segment.

        Raises:
            SourceContractError: the file ends, or there is no segment in what follows.
        """
        while (end := self._text.find(self.mark, self._at)) < 0:
            more = self._file.read(CHUNK)
            if not more:
                raise SourceContractError(
                    f"the file ends after segment {self.number}, inside an envelope: it was cut off"
                )
            if len(self._text) - self._at > LONGEST_SEGMENT:
                raise SourceContractError(f"segment {self.number + 1} has no end")
            self._text, self._at = self._text[self._at :] + more, 0
        text = self._text[self._at : end].strip("\r\n ")
        self._at = end + 1
        self.number += 1
        if not text:
            raise SourceContractError(f"segment {self.number} is empty")
        return text


def _read_interchange(tape: _Tape) -> Iterator[TransactionSet]:
    header = tape.read_header()
    if find_element(header, 15) == "T":
        raise SourceContractError("the interchange says that it is test data (ISA15 is T)")
    groups = 0
    while (segment := tape.read())[0] != "IEA":
        if segment[0] == "GS":
            groups += 1
            yield from _read_group(tape, segment)
        elif segment[0] != "TA1":
            raise SourceContractError(f"segment {tape.number} is {segment[0]!r}, wanted GS or IEA")
    _check(tape, segment, "IEA", counted=groups, number=find_element(header, 13))


def _read_group(tape: _Tape, header: Segment) -> Iterator[TransactionSet]:
    sets = 0
    while (segment := tape.read())[0] == "ST":
        sets += 1
        yield _read_set(tape, segment, header)
    _check(tape, segment, "GE", counted=sets, number=find_element(header, 6))


def _read_set(tape: _Tape, header: Segment, group: Segment) -> TransactionSet:
    ends = tuple(f"{name}{tape.element}" for name in ("SE", "GE", "IEA", "ST", "ISA"))
    texts: list[str] = []
    while not (text := tape.read_text()).startswith(ends):
        texts.append(text)
    trailer = text.split(tape.element)
    _check(tape, trailer, "SE", counted=len(texts) + 2, number=find_element(header, 2))
    return TransactionSet(find_element(header, 1), group, tape.element, tape.component, texts)


def _check(tape: _Tape, trailer: Segment, name: str, *, counted: int, number: str) -> None:
    if trailer[0] != name:
        raise SourceContractError(f"segment {tape.number} is {trailer[0]!r}, wanted {name}")
    said, theirs = find_element(trailer, 1), find_element(trailer, 2)
    if not said.isascii() or not said.isdigit() or int(said) != counted:
        raise SourceContractError(
            f"segment {tape.number}: {name} counts {said!r}, there are {counted}; some are missing"
        )
    if theirs != number:
        raise SourceContractError(
            f"segment {tape.number}: {name} closes the number {theirs!r}, {number!r} was opened"
        )
