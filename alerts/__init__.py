"""From the ledger to what the police read: incident desk, report, rendering, archive, deadline."""
