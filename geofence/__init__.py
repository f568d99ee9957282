"""The rules. Pure, synchronous and deterministic: arrays in, judgement out. No clock, no network, no database.

`judge.judge` is the whole of it. The answer depends on the set of accepted fixes and tag events, the register, the
rules, the range and the horizon, and on nothing else. Rule numbers stand beside the code that carries them out:

R0  Numbers are rounded before they are compared or printed: metres to 0.001, `p_inside` to 1e-6, instants to 1 ms.
R1  In force while order, monitoring requirement, prohibition, schedule and a zone version all hold. Suspensions and
    the instant from which the wearer knew of the order part in-force time; what lies in them is never counted.
R2  Every fix has a circle that holds the true place with probability 0.95 (`r95_m`). Accuracy that is missing or
    nonsense is unknown, never perfect; no mechanism is believed to be better than its floor.
R3  A zone is a footprint and a distance around it. `depth_m` is metres from its edge, positive inside; zero is inside.
R4  `p_inside`: how much of the fix's error, a circular normal, lies in the zone.
R5  INSIDE from 0.95 on; OUTSIDE only if the circle does not reach the zone; else UNCERTAIN. Likely from 0.5 on.
R6  A precise fix that both its neighbours could only have reached too fast is implausible: shown, and not used.
R7  A leg joins precise fixes at most two minutes apart. If it passes through a zone without a likely fix at its ends,
    it is a crossing: drawn straight, and every output says that the way taken is not known.
R8  Likely fixes without an OUTSIDE one or 15 minutes between them are a run; runs and crossings close to each other
    are one incident, with the brackets in which it began and ended.
R9  confirmed: two GPS fixes INSIDE, at least 30 s apart; probable: one, or three precise fixes that nearly are;
    inferred: a crossing deeper than its errors; possible: the rest.
R10 Coverage: time in force is suspended, monitored, or not monitored for a named reason. Silence is not compliance.
R11 The nearest approach, and every fix in a zone that was not raised, with its reason: "no incident" is a finding.

Zones that can't be read are refused (`ZoneUnreadable`), never skipped.

Where to read, in this order (an hour's walk; every module begins with what it is, or the question it answers):

1. The nouns: `instants`, `register`, `tracks`, `rules`, and what comes out: `judgement`. Then `judge`: the whole way.
2. Evidence: `fixes` (R1), `accuracy` (R2), `plausible` (R6), `legs` (R7). When: `schedule`, `in_force`, `versions`.
3. Where: `plane`, `shapes` and `edges`, `depth` (R3), `probability` and `rounded` (R4), `verdict` (R5).
4. What may touch at all: `zones` (the register as columns), `scene` (all of it together), `blocks`, `rough`, `near`.
   Only speed needs the last three: without them every fix would be measured against every zone, with the same answer.
5. Incidents: `touches`, `runs`, `crossing` (over `passage`, `through`, `lines`, `deepest`), `parts`, `bounds`,
   `incidents` (R7, R8), `grade` (R9). Why an incident has its grade: `grade`; which fixes count: `runs`.
6. What was not seen, and not raised: `coverage`, `sightings`, `reasons` (R10), `nearest`, `exculpation` (R11).
7. Beside the way: `locality` (how much of a track is enough), `shares` (who can be judged apart), `footprint` and
   `outline` (a drawn zone at the door), `geojson`. Small tools: `segments`, `ids`, `faults`.
"""
