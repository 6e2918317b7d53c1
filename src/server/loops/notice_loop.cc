#include <spdlog/spdlog.h>

#include "commands/notice_ahead.h"
#include "commands/notice_making.h"
#include "commands/notice_sending.h"
#include "server/loops/loops.h"

namespace dure::server {
namespace {

constexpr std::int64_t kEvents = 200;   // of one transaction
constexpr std::int64_t kMessages = 50;  // of one round
constexpr base::Span kBudget =
    base::Span::seconds(3);  // claims are made within the lease; a try may outlast it

void log_try(const model::Notification& row) {
  const auto channel = model::to_text(row.channel);
  const auto why = row.failure ? row.failure->code : std::string();
  if (row.state == model::NotificationState::kSent)
    spdlog::info("notice {} sent by {}, try {}", row.id.text, channel, row.attempts);
  else
    spdlog::warn("notice {} not sent by {}, try {}: {} ({})", row.id.text, channel, row.attempts, why,
                 model::to_text(row.state));
}

}  // namespace

LoopBody notice_body(commands::World& world) {
  return [&world](const commands::HeldLease& lease) -> base::Status {
    DURE_LET(made, commands::make_notices(world, lease, kEvents));
    DURE_LET(ahead, commands::make_notices_ahead(world, lease));
    if (made + ahead > 0) spdlog::info("notices: {} made, {} of them ahead", made + ahead, ahead);
    return {};
  };
}

LoopBody courier_body(commands::World& world, ports::MessageChannels& channels,
                      const notices::Retries& retries) {
  return [&world, &channels, retries](const commands::HeldLease& lease) -> base::Status {
    DURE_LET(count, commands::send_notices(world, lease, channels, retries, kMessages, kBudget, log_try));
    static_cast<void>(count);
    return {};
  };
}

}  // namespace dure::server
