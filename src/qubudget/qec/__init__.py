"""From decoherence times to logical errors per day.

Given T1, T2, gate errors and the history of radiation bursts, this wing builds circuits of the
rotated surface code or the repetition code (:mod:`.layout`, :mod:`.circuits`, :mod:`.stability`),
places patches on chips (:mod:`.placement`, :mod:`.patches`), puts Pauli noise into them qubit by
qubit and round by round (:mod:`.noise`, :mod:`.noise_history`, :mod:`.cycle`, :mod:`.floors`),
samples and decodes them (:mod:`.sampling`, :mod:`.decoders`, :mod:`.template`; many tasks:
:mod:`.tasks`, :mod:`.ledger`), extrapolates over the code distance (:mod:`.scaling`,
:mod:`.background`, :mod:`.rare`, :mod:`.threshold`), follows bursts through their decay
(:mod:`.history`, :mod:`.window`, :mod:`.course`, :mod:`.standin`, :mod:`.bursts`,
:mod:`.correlated`) and what is done about them (:mod:`.latency`, :mod:`.mitigation`,
:mod:`.variants`, :mod:`.requirement`), and adds up failures per day (:mod:`.lifetime`,
:mod:`.survival`). :mod:`.assembly` does all of it for one design, :mod:`.views` adds what a reader
asks next.
"""
