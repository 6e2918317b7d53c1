#include "gpu/fake/graph.h"

#include <algorithm>
#include <set>

#include "gpu/fake/pool.h"

namespace dure::gpu::fake {
namespace {

constexpr std::uint64_t kUnit = 512;

std::uint64_t counted(const GraphNode& node) {
  return (node.allocation.bytesize + kUnit - 1) / kUnit * kUnit;
}

// Appends the steps of a graph whose first nodes come behind `before`; returns its last steps.
bool append(const Graph& graph, const std::vector<std::size_t>& before, GraphExec& exec,
            std::vector<std::size_t>* last) {
  const auto order = graph.order();
  if (order.size() != graph.nodes.size()) return false;
  std::map<const GraphNode*, std::vector<std::size_t>> ends;
  std::set<std::size_t> open(before.begin(), before.end());
  for (GraphNode* node : order) {
    std::vector<std::size_t> after;
    for (const GraphNode* dependency : node->dependencies) {
      const auto& theirs = ends[dependency];
      after.insert(after.end(), theirs.begin(), theirs.end());
    }
    if (node->dependencies.empty()) after = before;
    for (const std::size_t step : after) open.erase(step);
    if (node->type == CU_GRAPH_NODE_TYPE_GRAPH) {
      if (!append(*node->child, after, exec, &ends[node])) return false;
    } else {
      exec.simple = exec.simple && node->type != CU_GRAPH_NODE_TYPE_HOST && node->event == nullptr;
      exec.steps.push_back({.node = node, .after = after});
      ends[node] = {exec.steps.size() - 1};
    }
    open.insert(ends[node].begin(), ends[node].end());
  }
  last->assign(open.begin(), open.end());
  return true;
}

Op work_of(const GraphNode& node) {
  Op op;
  if (node.enabled) op.length = ticks(node.length);
  if (node.type == CU_GRAPH_NODE_TYPE_HOST && node.enabled) {
    op.kind = Op::Kind::kHost;
    op.act = [host = node.host] { host.fn(host.userData); };
  }
  return op;
}

// Only work, and nothing before it is open: the ends are known at once.
void put_simple(Context& context, GraphExec& exec, Stream& stream) {
  Op begin;
  begin.done = std::make_shared<Mark>();
  context.put(stream, std::move(begin));
  std::vector<Ticks> ends;
  Ticks last = stream.tail;
  for (const GraphExec::Step& step : exec.steps) {
    Ticks ready = stream.tail;
    for (const std::size_t before : step.after) ready = std::max(ready, ends[before]);
    ends.push_back(context.place(ready, step.node->enabled ? ticks(step.node->length) : 0));
    last = std::max(last, ends.back());
  }
  stream.tail = last;
  stream.launched.push_back(last);
}

// Each step in a branch of its own, behind marks.
void put_branches(Context& context, Process& process, GraphExec& exec, Stream& stream) {
  bury_streams(process);
  Op begin;
  begin.done = std::make_shared<Mark>();
  const MarkRef start = begin.done;
  context.put(stream, std::move(begin));
  std::vector<MarkRef> done;
  for (const GraphExec::Step& step : exec.steps) {
    Stream& branch = make_stream(process, context, CU_STREAM_NON_BLOCKING, 0);
    branch.visible = false;
    Op op = work_of(*step.node);
    op.after.push_back(start);
    for (const std::size_t before : step.after) op.after.push_back(done[before]);
    op.done = std::make_shared<Mark>();
    done.push_back(op.done);
    if (step.node->type == CU_GRAPH_NODE_TYPE_EVENT_RECORD) {
      *step.node->event = {.context = &context, .flags = step.node->event->flags, .recorded = true};
      step.node->event->mark = op.done;
    } else if (step.node->type == CU_GRAPH_NODE_TYPE_WAIT_EVENT) {
      context.wait(branch, *step.node->event);
    }
    context.put(branch, std::move(op));
  }
  Op end;
  end.launch = true;
  end.after = done;
  context.put(stream, std::move(end));
}

// The memory of one launch, in the order of its steps: what is allocated lives from then on until it is
// freed. *freed_inside is what the graph frees itself: it is the stream's, and its own, until it has run.
CUresult take_memory(Call& call, GraphExec& exec, Stream& stream, std::uint64_t* freed_inside) {
  Memory& memory = call.process().memory;
  std::uint64_t now = 0;
  std::uint64_t most = 0;
  std::map<CUdeviceptr, const GraphNode*> live;
  std::vector<CUdeviceptr> freed_outside;
  for (const GraphExec::Step& step : exec.steps) {
    const GraphNode& node = *step.node;
    if (node.type == CU_GRAPH_NODE_TYPE_MEM_ALLOC) {
      const auto again = memory.allocations.find(node.allocation.dptr);
      if (again != memory.allocations.end()) {
        if ((exec.flags & CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH) == 0)
          return CUDA_ERROR_INVALID_VALUE;
        free_to_pool(call, again->second, &stream);
      }
      live[node.allocation.dptr] = &node;
      now += counted(node);
      most = std::max(most, now);
    } else if (node.type == CU_GRAPH_NODE_TYPE_MEM_FREE) {
      const auto inside = live.find(node.freed);
      if (inside == live.end()) {
        freed_outside.push_back(node.freed);
      } else {
        now -= counted(*inside->second);
        live.erase(inside);
      }
    }
  }
  if (most > 0) {
    Pool& pool = graph_pool(call, exec.context->device);
    if (!reserve_in_pool(call, pool, most, &stream, &exec)) return CUDA_ERROR_OUT_OF_MEMORY;
    use_pool(pool, most);
    *freed_inside = most - now;
    for (const auto& [address, node] : live) {
      Allocation made = {
          .kind = Allocation::Kind::kGraph, .base = address, .bytes = node->allocation.bytesize};
      made.counted = counted(*node);
      made.device = exec.context->device;
      made.context = exec.context;
      made.pool = &pool;
      memory.allocations[address] = made;
    }
  }
  for (const CUdeviceptr address : freed_outside) {
    const auto found = memory.allocations.find(address);
    if (found == memory.allocations.end()) return CUDA_ERROR_INVALID_VALUE;
    if (found->second.pool != nullptr) free_to_pool(call, found->second, &stream);
  }
  return CUDA_SUCCESS;
}

}  // namespace

GraphNode& Graph::add(int type, std::vector<GraphNode*> dependencies) {
  auto made = std::make_unique<GraphNode>();
  made->type = type;
  made->graph = this;
  made->dependencies = std::move(dependencies);
  nodes.push_back(std::move(made));
  return *nodes.back();
}

std::shared_ptr<Graph> Graph::copy() const {
  auto twin = std::make_shared<Graph>();
  std::map<const GraphNode*, GraphNode*> twins;
  for (const auto& node : nodes) {
    auto made = std::make_unique<GraphNode>(*node);
    made->graph = twin.get();
    made->origin = node.get();
    if (node->child) made->child = node->child->copy();
    twins[node.get()] = made.get();
    twin->nodes.push_back(std::move(made));
  }
  for (const auto& node : twin->nodes) {
    for (GraphNode*& dependency : node->dependencies) dependency = twins[dependency];
  }
  return twin;
}

std::vector<GraphNode*> Graph::order() const {
  std::vector<GraphNode*> sorted;
  std::set<const GraphNode*> placed;
  bool progress = true;
  while (progress && sorted.size() < nodes.size()) {
    progress = false;
    for (const auto& node : nodes) {
      if (placed.contains(node.get())) continue;
      const auto& before = node->dependencies;
      if (!std::all_of(before.begin(), before.end(), [&](GraphNode* one) { return placed.contains(one); }))
        continue;
      placed.insert(node.get());
      sorted.push_back(node.get());
      progress = true;
    }
  }
  return sorted;
}

bool GraphExec::prepare() {
  steps.clear();
  simple = true;
  std::vector<std::size_t> last;
  return append(*graph, {}, *this, &last);
}

CUresult launch_graph(Call& call, GraphExec& exec, Stream& stream) {
  Context& context = *stream.context;
  for (const GraphExec::Step& step : exec.steps)
    if (step.node->function != nullptr && !hold_local(call, context, *step.node->function))
      return CUDA_ERROR_OUT_OF_MEMORY;
  std::uint64_t freed = 0;
  const CUresult taken = take_memory(call, exec, stream, &freed);
  if (taken != CUDA_SUCCESS) return taken;
  ++context.engine().context[context.slot].launches;
  if (exec.simple && context.waiting == 0) {
    put_simple(context, exec, stream);
  } else {
    put_branches(context, call.process(), exec, stream);
  }
  if (freed > 0) free_in_order(graph_pool(call, context.device), freed, stream, &exec);
  return CUDA_SUCCESS;
}

}  // namespace dure::gpu::fake
