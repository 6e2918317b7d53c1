#include "gpu/share/graph_needs.h"

#include "gpu/share/card.h"
#include "gpu/share/ledger.h"
#include "gpu/share/local_memory.h"
#include "gpu/share/page_kernel.h"
#include "gpu/share/real.h"

DURE_EXPORT CUresult cuGraphGetNodes(CUgraph graph, CUgraphNode* nodes, size_t* count) noexcept;
DURE_EXPORT CUresult cuGraphNodeGetType(CUgraphNode node, int* type) noexcept;
DURE_EXPORT CUresult cuGraphChildGraphNodeGetGraph(CUgraphNode node, CUgraph* graph) noexcept;
DURE_EXPORT CUresult cuGraphMemAllocNodeGetParams(CUgraphNode node,
                                                  CUDA_MEM_ALLOC_NODE_PARAMS* parameters) noexcept;
DURE_EXPORT CUresult cuGraphKernelNodeGetParams(CUgraphNode node,
                                                CUDA_KERNEL_NODE_PARAMS* parameters) noexcept;
DURE_EXPORT CUresult cuGraphKernelNodeGetParams_v2(CUgraphNode node,
                                                   CUDA_KERNEL_NODE_PARAMS* parameters) noexcept;
DURE_EXPORT CUresult cuGraphMemFreeNodeGetParams(CUgraphNode node, CUdeviceptr* address) noexcept;

namespace dure::gpu::share {
namespace {

constexpr uint64_t kGranule = uint64_t{2} << 20;
constexpr unsigned kDepth = 8;  // of graphs within graphs

struct Range {
  uint64_t from;
  uint64_t to;
  uint64_t card;
};

// Memory for a list of known length, gone with its owner.
template <class Item>
class List {
 public:
  explicit List(uint64_t most) noexcept
      : bytes_(round_up(most * sizeof(Item), 4096)),  // NOLINT(bugprone-sizeof-expression): handles, too
        items_(most == 0 ? nullptr
                         : static_cast<Item*>(map_memory(bytes_, PROT_READ | PROT_WRITE,
                                                         MAP_PRIVATE | MAP_ANONYMOUS, -1))) {}
  ~List() noexcept {
    if (items_ != nullptr) unmap_memory(items_, bytes_);
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  Item* items() noexcept { return items_; }

 private:
  uint64_t bytes_;
  Item* items_;
};

uint64_t place_of(const Range& range) noexcept {
  return range.from;
}
uint64_t place_of(uint64_t address) noexcept {
  return address;
}

// Shell's, by Ciura's gaps.
template <class Item>
void sort(Item* items, uint64_t count) noexcept {
  constexpr uint64_t kGaps[] = {1750, 701, 301, 132, 57, 23, 10, 4, 1};
  for (const uint64_t gap : kGaps) {
    for (uint64_t i = gap; i < count; ++i) {
      const Item moved = items[i];
      uint64_t at = i;
      for (; at >= gap && place_of(items[at - gap]) > place_of(moved); at -= gap) items[at] = items[at - gap];
      items[at] = moved;
    }
  }
}

struct Found {
  Range* ranges = nullptr;  // null: only counted
  uint64_t* freed = nullptr;
  uint64_t range_count = 0;
  uint64_t freed_count = 0;
};

CUresult add_allocation(CUgraphNode node, Found& found) noexcept {
  if (found.ranges != nullptr) {
    CUDA_MEM_ALLOC_NODE_PARAMS parameters = {};
    CUresult result = DURE_REAL(cuGraphMemAllocNodeGetParams)(node, &parameters);
    Card card = {};
    if (result != CUDA_SUCCESS) return result;
    if (parameters.poolProps.location.type > CU_MEM_LOCATION_TYPE_DEVICE) return CUDA_SUCCESS;  // the host's
    result = find_card_of(parameters.poolProps.location.id, &card);
    if (result != CUDA_SUCCESS) return result;
    found.ranges[found.range_count] = {parameters.dptr, parameters.dptr + parameters.bytesize, card.index};
  }
  ++found.range_count;
  return CUDA_SUCCESS;
}

CUresult add_free(CUgraphNode node, Found& found) noexcept {
  CUdeviceptr address = 0;
  if (found.freed != nullptr) {
    const CUresult result = DURE_REAL(cuGraphMemFreeNodeGetParams)(node, &address);
    if (result != CUDA_SUCCESS) return result;
    found.freed[found.freed_count] = address;
  }
  ++found.freed_count;
  return CUDA_SUCCESS;
}

// A kernel that is only in a graph is launched by none of the functions that see to this.
CUresult pay_for_kernel(CUgraphNode node) noexcept {
  CUDA_KERNEL_NODE_PARAMS kernel = {};
  if (DURE_REAL(cuGraphKernelNodeGetParams_v2)(node, &kernel) != CUDA_SUCCESS &&
      DURE_REAL(cuGraphKernelNodeGetParams)(node, &kernel) != CUDA_SUCCESS)
    return CUDA_SUCCESS;
  const CUfunction function =
      kernel.func != nullptr ? kernel.func : reinterpret_cast<CUfunction>(kernel.kern);
  return pay_for_local_memory(function, nullptr);
}

CUresult look(CUgraph graph, unsigned depth, Found& found) noexcept;

CUresult look_at(CUgraphNode node, unsigned depth, Found& found) noexcept {
  int type = 0;
  const CUresult result = DURE_REAL(cuGraphNodeGetType)(node, &type);
  if (result != CUDA_SUCCESS) return result;
  if (type == CU_GRAPH_NODE_TYPE_MEM_ALLOC) return add_allocation(node, found);
  if (type == CU_GRAPH_NODE_TYPE_MEM_FREE) return add_free(node, found);
  if (type == CU_GRAPH_NODE_TYPE_KERNEL && found.ranges == nullptr) return pay_for_kernel(node);
  CUgraph child = nullptr;
  if (type != CU_GRAPH_NODE_TYPE_GRAPH) return CUDA_SUCCESS;
  if (depth == kDepth) return CUDA_ERROR_NOT_SUPPORTED;
  const CUresult asked = DURE_REAL(cuGraphChildGraphNodeGetGraph)(node, &child);
  return asked == CUDA_SUCCESS ? look(child, depth + 1, found) : asked;
}

CUresult look(CUgraph graph, unsigned depth, Found& found) noexcept {
  size_t count = 0;
  CUresult result = DURE_REAL(cuGraphGetNodes)(graph, nullptr, &count);
  if (result != CUDA_SUCCESS || count == 0) return result;
  List<CUgraphNode> nodes(count);
  if (nodes.items() == nullptr) return CUDA_ERROR_OUT_OF_MEMORY;
  result = DURE_REAL(cuGraphGetNodes)(graph, nodes.items(), &count);
  for (size_t i = 0; i < count && result == CUDA_SUCCESS; ++i)
    result = look_at(nodes.items()[i], depth, found);
  return result;
}

// How much the addresses cover; allocations of two cards share none.
void add_up(const Found& found, GraphNeeds* needs) noexcept {
  uint64_t until = 0;
  for (uint64_t i = 0; i < found.range_count; ++i) {
    const Range& range = found.ranges[i];
    const uint64_t from = range.from > until ? range.from : until;
    const uint64_t to = range.from + round_up(range.to - range.from, DURE_MEMORY_UNIT);
    if (to <= from) continue;
    needs->bytes[range.card] += to - from;
    until = to;
  }
  for (uint64_t& bytes : needs->bytes) bytes = round_up(bytes, kGranule);
}

// How many of its allocations it frees.
uint64_t count_own_frees(const Found& found) noexcept {
  uint64_t at = 0, own = 0;
  for (uint64_t i = 0; i < found.range_count; ++i) {
    while (at < found.freed_count && found.freed[at] < found.ranges[i].from) ++at;
    if (at == found.freed_count || found.freed[at] != found.ranges[i].from) continue;
    ++own;
    ++at;
  }
  return own;
}

}  // namespace

CUresult find_graph_needs(CUgraph graph, GraphNeeds* needs) noexcept {
  *needs = {};
  Found count;
  CUresult result = look(graph, 0, count);
  needs->frees = count.freed_count > 0;
  if (result != CUDA_SUCCESS || count.range_count == 0) return result;
  List<Range> ranges(count.range_count);
  List<uint64_t> freed(count.freed_count + 1);
  if (ranges.items() == nullptr || freed.items() == nullptr) return CUDA_ERROR_OUT_OF_MEMORY;
  Found found = {ranges.items(), freed.items(), 0, 0};
  result = look(graph, 0, found);
  if (result != CUDA_SUCCESS) return result;
  sort(found.ranges, found.range_count);
  sort(found.freed, found.freed_count);
  add_up(found, needs);
  if (found.range_count == 0) return CUDA_SUCCESS;
  needs->any = true;
  const uint64_t own = count_own_frees(found);
  needs->balanced = own == found.range_count;
  needs->keeps = own == 0;
  needs->frees = own < found.freed_count;
  return CUDA_SUCCESS;
}

}  // namespace dure::gpu::share
