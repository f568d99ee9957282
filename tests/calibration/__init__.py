"""How far may a judgement be believed? Simulated truth, judged (`make calibrate`); nothing is asserted here.

Every figure rests on the simulator's error model (`service.simulation.gps` and `ground`), which is ours: it shows what
the rules make of errors of that kind, not how often a real tag makes them.
"""
