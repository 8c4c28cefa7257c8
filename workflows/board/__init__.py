"""The board as the law sees it: who sits, who serves, what a meeting needs; read here, written by the actions."""
