"""Invented people: no name, number or date belongs to anybody."""

from datetime import date, timedelta

import numpy as np

from service.simulation.document import Wearer

_FIRST = (
    "Aaron Adil Alan Andre Anil Barry Bilal Callum Carl Clive Craig Curtis Damian Darren Dean Declan Dmitri Errol "
    "Ethan Farid Gavin Gerard Glen Grace Hassan Howard Imran Isaac Jamal Jerome Joel Kamal Keith Kwame Laura "
    "Leroy Liam Lloyd Marcus Marek Milan Nadia Nathan Neil Nikhil Oliver Omar Otis Piotr Quentin Rajiv Reece "
    "Rohan Ross Samir Sean Stefan Tariq Trevor Wayne"
)
_LAST = (
    "Abbotsworth Adeyinka Ashdowne Barrowclough Bexhill Bhattley Brockhurst Calloway Chowdry Corbishley Cranmoor "
    "Dalgarth Danforth Eastbrook Edgeley Fairclough Farnborne Fenwicke Garside Gillmore Haddonby Halloway "
    "Harcombe Ibekwe Jessopson Kapadian Kelsall Kingsnorth Lambourne Langthwaite Marlowe Mbekani Mottershead "
    "Nettlefold Northway Oakshott Okonjo Pemberly Quarrington Radcliffe Ravensdale Redfearn Saddlewick Sandhurst "
    "Shawcroft Sutherby Tamworth Thackeray Underhay Vanstone Wadsley Wainfleet Westcombe Whitmarsh Wolverley "
    "Yardley Yarrowby Zielonka"
)
_EARLIEST = date(1958, 1, 1)


def invented(number: int, home_area: str, rng: np.random.Generator) -> Wearer:
    """Return an invented wearer. Three in four have a number on the Police National Computer."""
    first, last = str(rng.choice(_FIRST.split())), str(rng.choice(_LAST.split()))
    born = _EARLIEST + timedelta(days=int(rng.integers(0, 365 * 46)))
    known = rng.uniform() < 0.75
    return {
        "wearer_id": f"W-{number:06d}",
        "name": f"{first} {last}",
        "date_of_birth": born.isoformat(),
        "pnc_id": f"20{rng.integers(10, 25)}/{number:07d}{'ABCDEFGHJK'[number % 10]}" if known else None,
        "provider_person_id": str(700_000 + number),
        "home_area": home_area,
    }
