// Bodies of the writes on invoices.
#pragma once

#include <optional>
#include <string>

#include "base/quantity.h"
#include "base/time.h"
#include "model/fields.h"

namespace dure::model {

inline constexpr std::int64_t kMostPaid = 1'000'000'000'000'000;  // won

struct RecordPayment {
  std::int64_t amount_krw = 0;        // below zero: paid back
  std::optional<base::Date> paid_on;  // left out: today
  std::string method;
  std::string reference;
  std::string note;
};
DURE_VALUE_FIELDS(RecordPayment,
                  field("amount_krw", &RecordPayment::amount_krw, Range{-kMostPaid, kMostPaid}),
                  field("paid_on", &RecordPayment::paid_on), field("method", &RecordPayment::method),
                  field("reference", &RecordPayment::reference), field("note", &RecordPayment::note));

struct IssueCreditNote {
  std::optional<std::int64_t> amount_krw;  // left out: all that is not yet credited
  std::string ground;
};
DURE_VALUE_FIELDS(IssueCreditNote, field("amount_krw", &IssueCreditNote::amount_krw, Range{1, kMostPaid}),
                  field("ground", &IssueCreditNote::ground));

struct WriteOff {
  std::string ground;
};
DURE_VALUE_FIELDS(WriteOff, field("ground", &WriteOff::ground));

}  // namespace dure::model
