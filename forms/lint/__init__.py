"""What stands in the way of publishing a form, and what is worth a look, each with its place and its cure."""

from .form import lint_form
from .reach import Example, examples

__all__ = ["Example", "examples", "lint_form"]
