#include "gpu/node/nvml_cards.h"

#include <algorithm>
#include <fstream>

namespace dure::gpu {
namespace {

// What every program that uses a card opens beside the card's own node; those that the machine has are used.
const std::vector<std::string> kSharedNodes{"/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools"};

std::string minor_node(unsigned minor) {
  return "/dev/nvidia" + std::to_string(minor);
}

// "DeviceFileMinor: 12" in a file of the driver's capabilities; -1 where it is not there.
int capability_minor(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  int value = -1;
  while (file >> word)
    if (word == "DeviceFileMinor:" && file >> value) return value;
  return -1;
}

// "a100-40gb", "NVIDIA A100-SXM4-40GB MIG 3g.20gb" -> "a100-40gb-mig-3g.20gb"
std::string instance_model(const std::string& parent, const std::string& product) {
  const auto mark = product.find(" MIG ");
  return mark == std::string::npos ? parent + "-mig" : parent + "-mig-" + product.substr(mark + 5);
}

}  // namespace

NvmlCards::NvmlCards(std::unique_ptr<NvmlLibrary> library, std::string capabilities)
    : library_(std::move(library)), capabilities_(std::move(capabilities)) {}

base::Result<Card> NvmlCards::read_card(NvmlDevice device, std::int64_t index) const {
  const NvmlFunctions& call = library_->call();
  char uuid[96] = {};
  char name[96] = {};
  NvmlMemory memory = {};
  DURE_TRY(library_->check("nvmlDeviceGetUUID", call.uuid(device, uuid, sizeof uuid - 1)));
  DURE_TRY(library_->check("nvmlDeviceGetName", call.name(device, name, sizeof name - 1)));
  DURE_TRY(library_->check("nvmlDeviceGetMemoryInfo", call.memory(device, &memory)));
  Card card;
  card.report.id = model::CardId(uuid);
  card.report.index = index;
  card.report.product = name;
  card.report.memory = {static_cast<std::int64_t>(memory.total)};
  card.report.model = model_name(name, card.report.memory);
  card.driver = library_->driver_version();
  return card;
}

base::Result<std::vector<Card>> NvmlCards::read_gpu(unsigned index) const {
  const NvmlFunctions& call = library_->call();
  NvmlDevice device = nullptr;
  unsigned minor = 0;
  DURE_TRY(library_->check("nvmlDeviceGetHandleByIndex_v2", call.device_by_index(index, &device)));
  DURE_LET(card, read_card(device, index));
  DURE_TRY(library_->check("nvmlDeviceGetMinorNumber", call.minor_number(device, &minor)));
  card.device_nodes = kSharedNodes;
  card.device_nodes.insert(card.device_nodes.begin(), minor_node(minor));
  unsigned current = 0;
  unsigned pending = 0;
  const bool split = call.mig_mode != nullptr && call.mig_by_index != nullptr && call.mig_limit != nullptr &&
                     call.mig_mode(device, &current, &pending) == kNvmlSuccess && current == 1;
  if (split) return read_instances(device, card);
  return std::vector<Card>{std::move(card)};
}

base::Result<std::vector<Card>> NvmlCards::read_instances(NvmlDevice gpu, const Card& parent) const {
  const NvmlFunctions& call = library_->call();
  unsigned limit = 0;
  unsigned minor = 0;
  DURE_TRY(library_->check("nvmlDeviceGetMaxMigDeviceCount", call.mig_limit(gpu, &limit)));
  DURE_TRY(library_->check("nvmlDeviceGetMinorNumber", call.minor_number(gpu, &minor)));
  std::vector<Card> cards;
  for (unsigned n = 0; n < limit; ++n) {
    NvmlDevice instance = nullptr;
    const NvmlStatus status = call.mig_by_index(gpu, n, &instance);
    if (status == kNvmlNotFound) continue;  // a slot without an instance
    DURE_TRY(library_->check("nvmlDeviceGetMigDeviceHandleByIndex", status));
    DURE_LET(card, read_card(instance, parent.report.index));
    card.parent = parent.report.id.text;
    card.report.model = instance_model(parent.report.model, card.report.product);
    card.device_nodes = parent.device_nodes;
    add_instance_nodes(instance, minor, card);
    cards.push_back(std::move(card));
  }
  return cards;
}

// A MIG instance is opened through two capability nodes, one of the GPU instance and one of its compute
// instance; the driver says their minor numbers in files.
void NvmlCards::add_instance_nodes(NvmlDevice instance, unsigned gpu_minor, Card& card) const {
  const NvmlFunctions& call = library_->call();
  unsigned gpu_instance = 0;
  unsigned compute_instance = 0;
  if (call.gpu_instance == nullptr || call.compute_instance == nullptr) return;
  if (call.gpu_instance(instance, &gpu_instance) != kNvmlSuccess) return;
  if (call.compute_instance(instance, &compute_instance) != kNvmlSuccess) return;
  const std::string gi =
      capabilities_ + "/gpu" + std::to_string(gpu_minor) + "/mig/gi" + std::to_string(gpu_instance);
  const std::string ci = gi + "/ci" + std::to_string(compute_instance);
  for (const std::string& folder : {gi, ci}) {
    const int minor = capability_minor(folder + "/access");
    if (minor >= 0) card.device_nodes.push_back("/dev/nvidia-caps/nvidia-cap" + std::to_string(minor));
  }
}

base::Result<std::vector<Card>> NvmlCards::list() {
  unsigned count = 0;
  DURE_TRY(library_->check("nvmlDeviceGetCount_v2", library_->call().device_count(&count)));
  std::vector<Card> cards;
  for (unsigned index = 0; index < count; ++index) {
    auto found = read_gpu(index);
    if (!found.ok()) continue;  // it is missing from the list now and is kept as unhealthy below
    for (Card& card : *found) cards.push_back(std::move(card));
  }
  keep_missing(cards);
  last_ = cards;
  return cards;
}

void NvmlCards::keep_missing(std::vector<Card>& cards) {
  for (const Card& before : last_) {
    const auto same = [&](const Card& card) { return card.report.id == before.report.id; };
    // The instances of a GPU come and go with its partition: one that is gone was taken away on purpose.
    const bool repartitioned = !before.parent.empty() && std::ranges::any_of(cards, [&](const Card& card) {
      return card.parent == before.parent;
    });
    if (repartitioned || std::ranges::any_of(cards, same)) continue;
    Card lost = before;
    lost.report.health = model::CardHealth::kUnhealthy;
    cards.push_back(std::move(lost));
  }
}

std::string NvmlCards::describe() {
  unsigned count = 0;
  library_->call().device_count(&count);
  return "NVML, driver " + library_->driver_version() + ", " + std::to_string(count) + " cards";
}

AwaitedNvmlCards::AwaitedNvmlCards(std::string library, base::Span retry, Now now)
    : library_(std::move(library)), retry_(retry), now_(std::move(now)) {
  try_to_open();
}

void AwaitedNvmlCards::try_to_open() {
  const std::int64_t now = now_();
  if (cards_ || (tried_us_ && now - *tried_us_ < retry_.us)) return;
  tried_us_ = now;
  auto library = NvmlLibrary::open(library_);
  if (!library.ok()) {
    missing_ = library.failure();
    return;
  }
  missing_.reset();
  cards_ = std::make_unique<NvmlCards>(std::move(*library));
}

base::Result<std::vector<Card>> AwaitedNvmlCards::list() {
  try_to_open();
  if (!cards_) return std::vector<Card>{};
  return cards_->list();
}

std::string AwaitedNvmlCards::describe() {
  return cards_ ? cards_->describe() : "none; the driver's library is tried again";
}

}  // namespace dure::gpu
