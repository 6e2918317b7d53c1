// Wrappers: what a container is refused of CUDA. The list is data; each has the signature that needs none of
// its arguments.
#include "gpu/abi/cuda.h"
#include "gpu/share/real.h"

#define DURE_REFUSED(name)               \
  DURE_EXPORT CUresult name() noexcept { \
    return CUDA_ERROR_NOT_SUPPORTED;     \
  }
#include "gpu/share/refused_cuda.def"
#undef DURE_REFUSED
