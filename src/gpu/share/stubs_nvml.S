// The stubs of libnvidia-ml.so.1.
#define SYMBOLS "gpu/share/symbols_nvml.def"
#define SLOTS dure_slots_nvml
#define FIRST_CALL dure_first_call_nvml
#define STUBS_END dure_stubs_end_nvml
#define RESOLVE dure_resolve_nvml
#include "gpu/share/stubs.inc"
