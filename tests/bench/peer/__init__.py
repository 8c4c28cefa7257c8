"""wagtail.contrib.forms as its documentation says, for comparison: used by the benches only."""
