// Which functions of the driver are wrapped (wrapped_cuda.def), and how cuGetProcAddress is kept from handing
// out the real ones.
//
// The real cuGetProcAddress is asked first, with the caller's own name, version and flags: what it answers,
// its error, its symbolStatus, and which of the ABIs of a name it chose, stands. Only then the pointer that
// it gave is looked up among the real entry points of the wrapped functions, and ours is given in its place.
// So cuMemAlloc and cuMemAlloc_v2, _ptsz and _ptds are told apart as the driver tells them apart.
//
// A driver may answer with a pointer that it exports under no name. For a name of which some version is
// wrapped, the list then says which symbol is meant. Where the caller speaks a CUDA that is newer than the
// list, that cannot be known: such a symbol is refused as one that the driver lacks, and the program does
// what it does with an older driver. Names that are wrapped in no version pass untouched, whatever they are.
#ifndef DURE_GPU_SHARE_WRAPPED_H
#define DURE_GPU_SHARE_WRAPPED_H

namespace dure::gpu::share {

// What the caller of cuGetProcAddress gets: for `real`, the driver's answer to (asked, version, per_thread),
// our wrapper, `real` itself, or null where it must be refused. Any thread; allocates nothing.
void* route(const char* asked, int version, bool per_thread, void* real) noexcept;

// The same where there is no driver to ask: a function that refuses, for every name of the list; null for
// others.
void* route_without_driver(const char* asked, int version, bool per_thread) noexcept;

}  // namespace dure::gpu::share

#endif
