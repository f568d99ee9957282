"""From bytes to a ledger of fixes: Kafka, files and HTTPS; decode, quarantine, append."""
