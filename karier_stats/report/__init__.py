"""From findings to pages: pictures, tables, words, disclosure control, and the report itself."""

import sys

# jsonschema, which nbformat imports, would compile a grammar of international addresses in every process of a report: one
# to two seconds for a format that no notebook has. Without it the same notebooks are valid.
if "jsonschema" not in sys.modules:
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
