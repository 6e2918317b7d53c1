#include "gpu/node/share_environment.h"

#include <unistd.h>

#include <algorithm>

namespace dure::gpu {
namespace {

base::Result<const Card*> find_card(const std::vector<Card>& cards, const model::CardId& id) {
  const auto found = std::ranges::find_if(cards, [&](const Card& card) { return card.report.id == id; });
  if (found == cards.end())
    return base::error(base::ErrorKind::kUnavailable, base::Reason("card.not_here").with("card", id.text));
  if (found->report.health != model::CardHealth::kHealthy)
    return base::error(base::ErrorKind::kUnavailable, base::Reason("card.unhealthy").with("card", id.text));
  return &*found;
}

// An instance is made on simulated cards only; on a real one it would have all of the card in its place.
base::Status may_have(const Card& card, const model::ShareOrder& share) {
  const bool instance = !share.mig_profile.empty();
  if (instance == card.report.mig && (!instance || card.report.simulated)) return {};
  return base::error(base::ErrorKind::kUnavailable,
                     base::Reason("card.mig_not_supported")
                         .with("card", share.card_id.text)
                         .with("profile", instance ? share.mig_profile : std::string("-")));
}

void append(std::string& list, const std::string& item) {
  if (!list.empty()) list += ',';
  list += item;
}

base::MilliGpu held(const model::ShareOrder& share) {
  return share.mig_profile.empty() ? share.milli_gpu : share.mig_milli_gpu;
}

void describe_share(const model::ShareOrder& share, std::size_t number, ShareAccess& access) {
  const std::string prefix = "DURE_SHARE_" + std::to_string(number);
  access.environment[prefix + "_CARD"] = share.card_id.text;
  access.environment[prefix + "_BLOCKS"] = std::to_string(held(share).value / 10);
  access.environment[prefix + "_MILLI_GPU"] = std::to_string(held(share).value);
  access.environment[prefix + "_MEMORY_BYTES"] = std::to_string(share.memory.value);
  if (share.mig_profile.empty()) return;
  access.environment[prefix + "_MIG_PROFILE"] = share.mig_profile;
  access.environment[prefix + "_MIG_START"] = std::to_string(share.mig_start);
}

}  // namespace

bool file_exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

base::Result<ShareAccess> share_access(const std::vector<model::ShareOrder>& shares,
                                       const std::vector<Card>& cards, bool (*exists)(const std::string&)) {
  ShareAccess access;
  std::string all;
  std::string real;
  std::int64_t blocks = 0;
  for (std::size_t n = 0; n < shares.size(); ++n) {
    DURE_LET(card, find_card(cards, shares[n].card_id));
    DURE_TRY(may_have(*card, shares[n]));
    describe_share(shares[n], n, access);
    append(all, card->report.id.text);
    blocks += held(shares[n]).value / 10;
    if (card->report.simulated) {
      access.environment["DURE_GPU_SIMULATED"] = "1";
      continue;
    }
    append(real, card->report.id.text);
    for (const std::string& node : card->device_nodes)
      if (exists(node) && std::ranges::find(access.device_nodes, node) == access.device_nodes.end())
        access.device_nodes.push_back(node);
  }
  access.environment["DURE_BLOCKS"] = std::to_string(blocks);
  access.environment["DURE_SHARE_COUNT"] = std::to_string(shares.size());
  access.environment["DURE_SHARE_CARDS"] = all;
  access.environment["NVIDIA_VISIBLE_DEVICES"] = real.empty() ? "none" : real;
  access.environment["CUDA_VISIBLE_DEVICES"] = real;
  return access;
}

}  // namespace dure::gpu
