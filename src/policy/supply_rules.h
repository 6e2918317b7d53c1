// What a pack says about where the capacity comes from: batches and the steps of procurement (A1 to A11).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "policy/text.h"

namespace dure::policy {

// What happens to a batch on its way into service (A4): order, facility, delivery, build, stabilisation,
// service; `facility` is what the site is prepared with before: power, network.
enum class SupplyStage { kOrder, kFacility, kDelivery, kBuild, kStabilisation, kService };

enum class Tenure { kPurchased, kLeased };             // purchased, leased
enum class BatchUnit { kGpu, kServer };                // gpu, server
enum class QuantityIs { kExactly, kAtLeast, kAbout };  // exactly, at_least, about

// Capacity that comes at one time (A5). A conditional one may be promised in a call and is never allocated
// before it is in service (A7).
struct Batch {
  std::string id;
  Text title;
  std::string model;          // of the catalogue; "" = not stated
  std::int64_t quantity = 0;  // 0 = not stated
  QuantityIs quantity_is = QuantityIs::kExactly;
  BatchUnit unit = BatchUnit::kGpu;
  Tenure tenure = Tenure::kPurchased;
  bool conditional = false;
  std::optional<base::Date> ordered_on;
  std::optional<base::Date> delivered_on;
  std::optional<base::Date> service_from;
  std::string source;
  bool operator==(const Batch&) const = default;
};

}  // namespace dure::policy
