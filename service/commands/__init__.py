"""What `cordon …` does, a file for each group of commands; `service.cli` names them."""
