"""What the police record of a wearer's notifications."""
