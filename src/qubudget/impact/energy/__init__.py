"""Where a deposit's energy goes: Kaplan's rates, the cascade, films that compete, heat."""
