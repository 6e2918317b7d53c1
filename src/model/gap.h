// Gaps and who could use them (F7): what awards that were cancelled and dated reservations leave free for a
// while, and the requests that wait, in the order in which they are to be served.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"

namespace dure::model {

// So much of a pool is free from `from` until `until`, both days included.
struct Gap {
  std::string id;
  std::string pool;
  std::string model;
  base::MilliGpu amount;
  base::Date from;
  base::Date until;
};
DURE_VALUE_FIELDS(Gap, field("id", &Gap::id), field("pool", &Gap::pool), field("model", &Gap::model),
                  field("amount_milli_gpu", &Gap::amount), field("from", &Gap::from),
                  field("until", &Gap::until));

inline constexpr std::int64_t kMostGapMonths = 1'200;

// Who waits: `months` are asked for, and no fewer than `least_months` are taken (0: no fewer than asked for).
struct GapRequest {
  std::string id;
  std::string pool;   // "" = any
  std::string model;  // "" = any
  base::MilliGpu amount;
  std::optional<base::Date> earliest;  // none: at once
  std::int64_t months = 0;
  std::int64_t least_months = 0;
};
DURE_VALUE_FIELDS(GapRequest, field("id", &GapRequest::id), field("pool", &GapRequest::pool),
                  field("model", &GapRequest::model), field("amount_milli_gpu", &GapRequest::amount),
                  field("earliest", &GapRequest::earliest),
                  field("months", &GapRequest::months, Range{0, kMostGapMonths}),
                  field("least_months", &GapRequest::least_months, Range{0, kMostGapMonths}));

struct GapQuestion {
  std::vector<Gap> gaps;
  std::vector<GapRequest> requests;  // the first is served first
};
DURE_VALUE_FIELDS(GapQuestion, field("gaps", &GapQuestion::gaps), field("requests", &GapQuestion::requests));

struct GapOffer {
  std::string request;
  std::string gap;
  base::MilliGpu amount;
  base::Date from;
  base::Date until;
  std::int64_t months = 0;
};
DURE_VALUE_FIELDS(GapOffer, field("request", &GapOffer::request), field("gap", &GapOffer::gap),
                  field("amount_milli_gpu", &GapOffer::amount), field("from", &GapOffer::from),
                  field("until", &GapOffer::until), field("months", &GapOffer::months));

struct GapUnserved {
  std::string request;
  base::Reason reason;
};
DURE_VALUE_FIELDS(GapUnserved, field("request", &GapUnserved::request),
                  field("reason", &GapUnserved::reason));

struct GapMatching {
  std::vector<GapOffer> offers;       // in the order of the requests
  std::vector<GapUnserved> unserved;  // likewise
  bool exact = true;                  // false: the search was cut off, and somebody might have fitted
};
DURE_VALUE_FIELDS(GapMatching, field("offers", &GapMatching::offers),
                  field("unserved", &GapMatching::unserved), field("exact", &GapMatching::exact));

}  // namespace dure::model
