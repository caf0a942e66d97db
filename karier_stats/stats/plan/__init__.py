"""What a plan could see."""
