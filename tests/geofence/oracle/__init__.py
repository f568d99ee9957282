"""The rules of judgement again: written from their text alone, slow, one fix after another, sharing no code with
`geofence`, so that what both answer alike is what the text says. Only the types that go in and come out are shared."""
