"""How much of one mail is taken in. What is beyond stays in the raw mail, and `problem` says so."""

DEPTH = 30
PARTS = 1_000
FILES = 250
LINE_BYTES = 64 * 1024

FIELDS = 2_000
FIELD_BYTES = 4 * 1024 * 1024
PART_FIELDS = 100
PART_FIELD_BYTES = 64 * 1024
ADDRESS_FIELD_CHARS = 64 * 1024
PARAMETER_FIELD_CHARS = 8 * 1024

TEXT_BYTES = 4 * 1024 * 1024
TEXT_CHARS = 1_000_000
REPORT_BYTES = 64 * 1024
SUBJECT_CHARS = 1_000
NAME_CHARS = 200
FILENAME_CHARS = 150
ID_CHARS = 900
RECIPIENTS = 200
REFERENCES = 50

# The HTML parsers take time that grows with the square of depth and of attributes in one tag.
HTML_CHARS = 1_000_000
HTML_TAGS = 100_000
HTML_FEW_TAGS = 2_000
HTML_DEPTH = 400
HTML_ATTRIBUTE_WORDS = 2_000
# The depth at each tag, added up: what is open may have to be opened again at each paragraph.
HTML_WORK = 4_000_000
