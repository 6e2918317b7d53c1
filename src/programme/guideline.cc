#include "programme/guideline.h"

#include <algorithm>

namespace dure::programme {

using base::Reason;

base::Status may_cite(const model::PolicyVersion& version, const model::Programme& programme,
                      base::Date today) {
  const auto refuse = [](Reason reason) {
    return base::error(base::ErrorKind::kConflict, std::move(reason));
  };
  if (version.ends_on && today > *version.ends_on)
    return refuse(Reason("policy.version_ended")
                      .with("version", version.pack_version)
                      .with("ends_on", base::to_text(*version.ends_on))
                      .with("event", version.end_event));
  if (version.effective_from && today < *version.effective_from)
    return refuse(Reason("policy.version_not_yet")
                      .with("version", version.pack_version)
                      .with("effective_from", base::to_text(*version.effective_from)));
  if (programme.ends_on && today > *programme.ends_on)
    return refuse(Reason("programme.ended")
                      .with("programme", programme.code)
                      .with("ends_on", base::to_text(*programme.ends_on)));
  return {};
}

std::optional<base::Date> last_day_of(const model::PolicyVersion& version, const model::Programme& programme,
                                      const std::string& ends_with) {
  if (ends_with.empty() || !programme.ends_on) return version.ends_on;
  return version.ends_on ? std::min(*version.ends_on, *programme.ends_on) : *programme.ends_on;
}

}  // namespace dure::programme
