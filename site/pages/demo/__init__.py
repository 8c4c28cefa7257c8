"""The demo: made-up people and true public facts, laid out step by step."""
