// Streams that capture what is put into them as a graph. All with both locks held.
#pragma once

#include "gpu/fake/call.h"
#include "gpu/fake/graph.h"

namespace dure::gpu::fake {

// A node of `type` in the graph that the stream captures, behind what it captured last. Null: the capture was
// invalidated. REQUIRES: the stream captures.
GraphNode* capture_node(Stream& stream, int type);
CUresult capture_alloc(Call& call, Stream& stream, CUdeviceptr* out, std::size_t bytes);
CUresult capture_free(Stream& stream, CUdeviceptr address);
// An event is recorded in a stream that captures; a stream waits for such an event and so joins the capture.
CUresult record_in_capture(Stream& stream, Event& event);
CUresult join_capture(Stream& stream, Event& event);
// The context's streams capture no longer.
void forget_capture(Context& context);

}  // namespace dure::gpu::fake
