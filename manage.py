#!/usr/bin/env python
"""Puts site/ on the path and hands over to Django."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parent
    sys.path[0:0] = [str(root), str(root / "site")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line  # app ready: the path first

    execute_from_command_line(sys.argv)
