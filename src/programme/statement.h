// A bill of dated uses: what a payer held and used, rated by a pack (I1 to I6, P18, R18, R19, invariants 12,
// 13).
//
// Uses are cut on the days on which their own price or the payer's factors change (price_rules.h); the price
// of something else does not matter to them. What has the same invoice to correct, model, account, measure,
// price and factors is added up exactly, in milli-GPU-milliseconds or in parts of a month, and charged once:
// so it does not matter how a use is cut into parts, or in which order they are given, and nothing is lost to
// rounding but once a line. A bill of part of a use counts its months from the same day as the others
// (`counted_from`), and the parts add up to the months.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "model/charge.h"
#include "policy/pack.h"

namespace dure::programme {

// Certificates of one payer: each may change the rules twice.
inline constexpr std::int64_t kMostCertificates = 200;

// Refuses (kInvalid "rating.statement_invalid" {count}) what is wrong in it, with a pointer for each fault.
// Asked by rate_statement(), too.
base::Status check_statement(const model::UsageStatement& statement);

// Lines by corrected invoice, model, account, measure and time. Refuses as check_statement(); and, with a
// pointer to the use, "rating.no_price" {model}, "rating.unit_not_by_time", "rating.rules_change_within"
// {day} (metered use over a day on which its price or the factors change: it must be given in two),
// "rating.quantity_too_large", "rating.amount_too_large", "rating.price_out_of_range". Of all lines together
// "rating.bill_too_large" {most}.
base::Result<model::RatedStatement> rate_statement(const policy::Pack& pack,
                                                   const model::UsageStatement& statement);

}  // namespace dure::programme
