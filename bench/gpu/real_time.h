// The cells that run in real time too: every tenant a process that uses the share library over the fake
// driver, the node's own rounds beside them, on a machine that has other things to do. The grid in virtual
// time shows the controller; these show that what surrounds it (the wrappers, events, sleeps, processes that
// come to their turn late) keeps the promise as well. The judge is the fake driver (on_card/books.h).
#pragma once

#include <vector>

#include "bench/gpu/cell.h"
#include "bench/gpu/on_card/measure.h"

namespace dure::bench {

// The 24 cells, of the grid and of the pairs.
std::vector<CellSpec> real_time_cells();

// Without the library, and with it. A cell that is out of bounds is measured once more, and that counts: a
// second in which the machine let nobody run is nobody's error. Nothing where a tenant failed; it has said
// why. REQUIRES: the stage is of the fake driver.
std::optional<CellResult> run_in_real_time(Measures& measures, const CellSpec& spec);

}  // namespace dure::bench
