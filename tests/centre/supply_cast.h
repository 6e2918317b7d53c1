// A centre whose programme procures GPUs: the regional centre's pack with a section supply like that of the
// 2025 plan (S4), and what happens from the call to suppliers to capacity in service.
#pragma once

#include <string>
#include <vector>

#include "centre/cast.h"

namespace dure::tests {

// "/api/v1/COLLECTION/ID".
std::string path_of(const std::string& collection, const std::string& id);

// What the operator does with an application of so many blocks, up to the award: its id.
std::string award_of(Cast& cast, const std::string& login, std::int64_t blocks);

// The pack's text; `more` is added to the section.
std::string supply_pack(const std::string& more = "");

// The supply status's row of a model, or "total".
boost::json::object status_row(const Reply& status, const std::string& model);
std::int64_t number_in(const boost::json::object& row, const std::string& member);

struct Procurement {
  // Puts the pack in force in the centre. The clock stands at 2026-09-01 09:00 in Seoul.
  explicit Procurement(Cast& cast_in, const std::string& more = "");

  Reply post(const std::string& target, const boost::json::object& body = {});
  Reply get(const std::string& target);

  Reply supplier(const std::string& name, const std::string& number, bool member);
  Reply open_call(std::int64_t budget);
  boost::json::object proposal(const std::string& call, const std::string& supplier, std::int64_t servers,
                               std::int64_t price, std::int64_t own_use_bp);
  // All three phases by that expert: the written and the presentation with these points, a site visit passed.
  void judge(const std::string& proposal, const Who& expert, const std::vector<std::int64_t>& centi_points);
  // Drafted, negotiated, signed and in force.
  std::string conclude(const std::string& proposal);
  boost::json::object batch(const std::string& agreement, std::int64_t quantity,
                            std::int64_t gpus_per_unit = 8);
  Reply stage(const std::string& batch, const std::string& stage, const std::string& on,
              const boost::json::object& more = {});
  // Everything up to the stabilisation, on that day.
  void build(const std::string& batch, const std::string& on);
  // One selected proposal of so many servers of eight, its agreement in force.
  std::string agreement_of(std::int64_t servers, std::int64_t own_use_bp = 0);

  Cast& cast;
  Who expert;   // of the programme
  Who another;  // likewise
};

}  // namespace dure::tests
