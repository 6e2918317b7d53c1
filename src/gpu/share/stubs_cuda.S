// The stubs of libcuda.so.1.
#define SYMBOLS "gpu/share/symbols_cuda.def"
#define SLOTS dure_slots_cuda
#define FIRST_CALL dure_first_call_cuda
#define STUBS_END dure_stubs_end_cuda
#define RESOLVE dure_resolve_cuda
#include "gpu/share/stubs.inc"
