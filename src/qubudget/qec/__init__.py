"""From decoherence times to logical errors per day.

Given T1, T2, gate errors and the history of radiation bursts, this wing builds memory circuits of
the rotated surface code or the repetition code (:mod:`.layout`, :mod:`.circuits`), puts Pauli noise
into them qubit by qubit and round by round (:mod:`.noise`, :mod:`.cycle`), samples and decodes them
(:mod:`.sampling`), extrapolates over the code distance (:mod:`.scaling`, :mod:`.background`),
follows bursts through their decay (:mod:`.history`, :mod:`.window`, :mod:`.standin`,
:mod:`.bursts`) and adds up failures per day (:mod:`.lifetime`). :mod:`.assembly` does all of it for
one design.
"""
