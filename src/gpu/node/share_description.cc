#include "gpu/node/share_description.h"

#include <algorithm>

namespace dure::gpu {
namespace {

constexpr char kRunFolder[] = "/run/dure";  // as share/place.h has it in the flavour that ships

void mount(ShareDescription& to, const std::string& source, const std::string& target,
           bool read_only = true) {
  to.mounts.push_back({source, target, read_only});
}

// The share library over every name that the driver has, and over the one that linkers use.
void stand_before(ShareDescription& to, const std::string& library, const std::vector<DriverFile>& driver,
                  const std::string& bare_name) {
  for (const std::string& folder : loader_folders()) {
    mount(to, library, folder + "/" + bare_name);
    for (const DriverFile& file : driver) mount(to, library, folder + "/" + file.name);
  }
}

const std::string& path_of(const std::vector<DriverFile>& files, const char* name) {
  const auto found = std::ranges::find(files, name, &DriverFile::name);
  DURE_ASSERT(found != files.end());
  return found->path;
}

dure_policy policy_of(model::SharePolicy policy) {
  switch (policy) {
    case model::SharePolicy::kHard:
      return DURE_POLICY_HARD;
    case model::SharePolicy::kBorrow:
      return DURE_POLICY_BORROW;
    case model::SharePolicy::kPriority:
      return DURE_POLICY_PRIORITY;
  }
  return DURE_POLICY_HARD;
}

// Of those on one card who borrow without a priority everybody has 0, and nobody is behind them.
std::uint32_t rank_of(std::int64_t priority) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(priority, 0, UINT32_MAX));
}

}  // namespace

std::vector<CardLimit> card_limits(const std::vector<model::ShareOrder>& shares) {
  std::vector<CardLimit> limits;
  for (const model::ShareOrder& share : shares) {
    const std::int64_t milli = (share.mig_profile.empty() ? share.milli_gpu : share.mig_milli_gpu).value;
    CardLimit limit;
    limit.uuid = share.card_id.text;
    limit.memory_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(share.memory.value, 0));
    limit.guaranteed_milli = static_cast<std::uint32_t>(std::clamp<std::int64_t>(milli, 1, 1000));
    limit.policy = policy_of(share.policy);
    limit.weight =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(share.weight, 0, model::kMostShareWeight));
    limit.priority = rank_of(share.priority);
    limits.push_back(limit);
  }
  return limits;
}

ShareDescription describe_share(const std::string& replica_id, const ShareAccess& access,
                                const DriverFiles& files, const std::string& folder) {
  ShareDescription share{replica_id, access.environment, access.device_nodes, {}};
  const std::string run = kRunFolder;
  mount(share, folder + "/limits", run + "/share/limits");
  mount(share, folder + "/usage", run + "/share/usage", false);
  mount(share, path_of(files.cuda, "libcuda.so.1"), run + "/driver/libcuda.so.1");
  mount(share, path_of(files.nvml, "libnvidia-ml.so.1"), run + "/driver/libnvidia-ml.so.1");
  stand_before(share, files.share_cuda, files.cuda, "libcuda.so");
  stand_before(share, files.share_nvml, files.nvml, "libnvidia-ml.so");
  for (const std::string& loader : loader_folders())
    for (const DriverFile& file : files.companions) mount(share, file.path, loader + "/" + file.name);
  // Triton asks the loader's cache, which the image made without a driver, unless it is told.
  share.environment.try_emplace("TRITON_LIBCUDA_PATH", loader_folders().front());
  return share;
}

}  // namespace dure::gpu
