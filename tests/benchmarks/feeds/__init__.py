"""What the benchmarks of the stream share: people and their fixes, and the processes that work on them."""
