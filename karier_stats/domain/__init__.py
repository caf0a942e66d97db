"""What a career-development programme of civil servants is: codes, places, rules."""
