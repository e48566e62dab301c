"""The commands of qubudget, by topic; nothing heavy is imported until one of them runs."""
