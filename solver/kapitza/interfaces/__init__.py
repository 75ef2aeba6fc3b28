"""What happens at a contact: laws q(T1, T2) with analytic slopes, from a number to phonon spectra.

``law``: the base and the constant laws · ``potential``: q = F(T1) - F(T2) · ``compose``: series, parallel, scale ·
``varying``, ``power``, ``helium``: given functions · ``dmm``, ``amm``, ``limits``, ``mixed``, ``electrons``: mismatch ·
``contact``, ``gap``: rough surfaces · ``measured``: the table of measurements · ``chain``: one-dimensional chains ·
``build``: any of them from plain data · ``compare``: all of them for one pair.
"""
