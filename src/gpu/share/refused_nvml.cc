// Wrappers: what a container is refused of NVML. The list is data; each has the signature that needs none of
// its arguments.
#include "gpu/abi/nvml.h"
#include "gpu/share/real.h"

#define DURE_REFUSED(name)                   \
  DURE_EXPORT nvmlReturn_t name() noexcept { \
    return NVML_ERROR_NO_PERMISSION;         \
  }
#define DURE_UNSUPPORTED(name)               \
  DURE_EXPORT nvmlReturn_t name() noexcept { \
    return NVML_ERROR_NOT_SUPPORTED;         \
  }
#include "gpu/share/refused_nvml.def"
#undef DURE_REFUSED
#undef DURE_UNSUPPORTED
