// What the files of the driver's functions need of one another. All with both locks held (call.h).
#pragma once

#include "gpu/fake/call.h"

namespace dure::gpu::fake {

template <typename Handle, typename Object>
Handle handle_of(Object* object) {
  return reinterpret_cast<Handle>(object);
}

// Linear or managed memory of the context's device; null: there is not so much.
Allocation* allocate(Call& call, Context& context, std::size_t bytes, Allocation::Kind kind);
// Any allocation but a pool's, of which only the address is taken back.
void release(Call& call, Allocation& allocation);
// The same once the stream has come to this point, which is looked at by release_left: of all, and whatever
// there is of the context.
void release_in_order(Call& call, Allocation& allocation, Stream& stream);
void release_left(Call& call, const Context* context);
// Gives physical memory back that nothing holds any more in this process.
void drop_if_unused(Call& call, Physical& physical);

// memory: what a context takes with it; what pools give back when the program waits for the device.
void free_context_memory(Call& call, Context& context);
void release_pools(Call& call);
// Back to its pool, in the order of the stream; null: at once.
CUresult free_to_pool(Call& call, Allocation& allocation, Stream* stream);
// Pools remember no stream of the context any more.
void forget_streams_of(Call& call, Context& context);
void free_arrays(Call& call, Context& context);
// How long a copy or a fill of so many bytes keeps the device busy.
Ticks copy_time(Call& call, std::uint64_t bytes);

// stream: those destroyed, and branches of graphs, whose work is done by now.
void bury_streams(Process& process);

// module: those of the context; null: libraries too.
void unload_modules(Call& call, const Context* context);
Function* find_function(Call& call, CUfunction handle);

// Waits until the stream has room for another launch. False: process or stream are gone; return at once.
bool enter_queue(Call& call, Stream& stream);

// The kernel's launch in the stream, or its node in the graph that the stream captures.
// Local memory for a kernel is taken of the card, where it needs more than those before it in the context.
// False: there is not so much.
bool hold_local(Call& call, Context& context, const Function& function);
CUresult put_kernel(Call& call, CUfunction function, const Launch& launch, Stream* stream);

}  // namespace dure::gpu::fake
