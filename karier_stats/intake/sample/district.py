"""Everything that was made up, in one place: tables in processed form, people, and the known truth."""
