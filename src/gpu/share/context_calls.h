// The driver's calls of contexts, declared once for the wrappers that stand in for them and those that make
// them (real.h): contexts_cuda.cc and context_cost_cuda.cc.
#ifndef DURE_GPU_SHARE_CONTEXT_CALLS_H
#define DURE_GPU_SHARE_CONTEXT_CALLS_H

#include "gpu/abi/cuda_launch.h"
#include "gpu/share/real.h"

DURE_EXPORT CUresult cuCtxCreate(CUcontext* out, unsigned flags, CUdevice device) noexcept;
DURE_EXPORT CUresult cuCtxCreate_v2(CUcontext* out, unsigned flags, CUdevice device) noexcept;
DURE_EXPORT CUresult cuCtxCreate_v3(CUcontext* out, void* affinities, int count, unsigned flags,
                                    CUdevice device) noexcept;
DURE_EXPORT CUresult cuCtxCreate_v4(CUcontext* out, CUctxCreateParams* parameters, unsigned flags,
                                    CUdevice device) noexcept;
DURE_EXPORT CUresult cuCtxDestroy(CUcontext context) noexcept;
DURE_EXPORT CUresult cuCtxDestroy_v2(CUcontext context) noexcept;
DURE_EXPORT CUresult cuCtxSetLimit(int limit, size_t value) noexcept;
DURE_EXPORT CUresult cuCtxFromGreenCtx(CUcontext* context, void* green) noexcept;
DURE_EXPORT CUresult cuGreenCtxDestroy(void* context) noexcept;

DURE_EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) noexcept;
DURE_EXPORT CUresult cuDevicePrimaryCtxRelease(CUdevice device) noexcept;
DURE_EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) noexcept;
DURE_EXPORT CUresult cuDevicePrimaryCtxReset(CUdevice device) noexcept;
DURE_EXPORT CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) noexcept;
DURE_EXPORT CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* active) noexcept;

#endif
