#include "fleet/report.h"

#include <algorithm>
#include <set>

#include "model/ranges.h"

namespace dure::fleet {
namespace {

constexpr std::size_t kLongestName = 200;

base::Status malformed(const std::string& pointer) {
  const base::Reason reason = base::Reason("node.report_malformed").with("what", pointer);
  return base::invalid(reason, {{pointer, reason}});
}

bool is_name_or_empty(const std::string& text) {
  return text.size() <= kLongestName;
}

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= kLongestName;
}

// As the catalogue's are: it goes into events and pages as it is.
bool is_code(const std::string& text) {
  return is_name(text) && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
         });
}

base::Status check_cards(const std::vector<model::CardReport>& cards) {
  if (cards.size() > static_cast<std::size_t>(model::kMostCards)) return malformed("/cards");
  std::set<model::CardId> seen;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    const std::string at = "/cards/" + std::to_string(i);
    if (!is_name(cards[i].id.text) || !seen.insert(cards[i].id).second) return malformed(at + "/id");
    if (!is_name(cards[i].model)) return malformed(at + "/model");
  }
  return {};
}

base::Status check_observations(const std::vector<model::Observation>& observations) {
  if (observations.size() > model::kMostObservations) return malformed("/observations");
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const std::string at = "/observations/" + std::to_string(i);
    if (!is_name(observations[i].boot_id)) return malformed(at + "/boot_id");
    if (!is_name(observations[i].replica_id.text)) return malformed(at + "/replica_id");
    const auto& failure = observations[i].failure;
    if (failure && !is_code(failure->code)) return malformed(at + "/failure/code");
  }
  return {};
}

base::Status check_troubles(const std::vector<model::ReplicaTrouble>& troubles) {
  if (troubles.size() > model::kMostTroubles) return malformed("/troubles");
  for (std::size_t i = 0; i < troubles.size(); ++i)
    if (!is_code(troubles[i].reason.code))
      return malformed("/troubles/" + std::to_string(i) + "/reason/code");
  return {};
}

base::Status check_readings(const std::vector<model::ShareReading>& readings) {
  if (readings.size() > model::kMostReadings) return malformed("/readings");
  for (std::size_t i = 0; i < readings.size(); ++i)
    if (!is_name(readings[i].replica_id.text) || !is_name(readings[i].card_id.text))
      return malformed("/readings/" + std::to_string(i));
  return {};
}

base::Status check_findings(const std::vector<model::FindingReport>& findings) {
  if (findings.size() > model::kMostFindings) return malformed("/findings");
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const std::string at = "/findings/" + std::to_string(i);
    if (!is_name(findings[i].card_id.text)) return malformed(at + "/card_id");
    if (!is_name_or_empty(findings[i].replica_id.text)) return malformed(at + "/replica_id");
    if (!is_code(findings[i].reason.code)) return malformed(at + "/reason/code");
  }
  return {};
}

}  // namespace

base::Status check_report(const model::NodeReport& report) {
  DURE_TRY(model::check_ranges(report));
  if (!is_name(report.boot_id)) return malformed("/boot_id");
  if (!is_name_or_empty(report.fabric_leaf)) return malformed("/fabric_leaf");
  if (!is_name_or_empty(report.nvlink_island)) return malformed("/nvlink_island");
  for (std::size_t i = 0; i < report.images.size(); ++i)
    if (report.images[i].reference.empty() || report.images[i].reference.size() > 500)
      return malformed("/images/" + std::to_string(i) + "/reference");
  DURE_TRY(check_cards(report.cards));
  DURE_TRY(check_observations(report.observations));
  DURE_TRY(check_troubles(report.troubles));
  DURE_TRY(check_readings(report.readings));
  return check_findings(report.findings);
}

}  // namespace dure::fleet
