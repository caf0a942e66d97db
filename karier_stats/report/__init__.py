"""From findings to pages: pictures, tables, words, disclosure control, and the report itself."""
