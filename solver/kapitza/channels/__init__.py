"""Several temperatures at each place, in one dimension: electrons and phonons, spin up and down.

    C_i dT_i/dt = d/dz (k_i dT_i/dz) - sum_j g_ij (T_i - T_j) + S_i

`modes` and `elements` solve that in closed form inside a layer, `network` ties layers, contacts and boundaries
together, `steady` and `body` (in time) solve, `result` says it in the terms of one temperature and of each.
Beside the channels stands their mean weighted by conductivity: the total flux is -k times its slope, inside a layer it
bends with the heat alone, and where channels differ near a contact it is what the far field extrapolates to.
"""
