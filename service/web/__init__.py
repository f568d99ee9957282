"""Templates and styles of the pages; `npm ci` puts the GOV.UK styles beside them."""
