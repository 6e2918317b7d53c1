// The field tables of a comparison: what `dure policy try -o json` prints.
#pragma once

#include "compare/comparison.h"
#include "model/fields.h"

namespace dure::model {

DURE_VALUE_FIELDS(compare::Cause, field("figure", &compare::Cause::figure),
                  field("enough", &compare::Cause::enough), field("needed", &compare::Cause::needed));
DURE_VALUE_FIELDS(compare::ChangedPart, field("path", &compare::ChangedPart::path),
                  field("before", &compare::ChangedPart::before),
                  field("after", &compare::ChangedPart::after));
DURE_VALUE_FIELDS(compare::ChangedKey, field("key", &compare::ChangedKey::key),
                  field("before", &compare::ChangedKey::before), field("after", &compare::ChangedKey::after),
                  field("before_file", &compare::ChangedKey::before_file),
                  field("before_line", &compare::ChangedKey::before_line),
                  field("before_source", &compare::ChangedKey::before_source),
                  field("after_file", &compare::ChangedKey::after_file),
                  field("after_line", &compare::ChangedKey::after_line),
                  field("after_source", &compare::ChangedKey::after_source),
                  field("effect", &compare::ChangedKey::effect), field("parts", &compare::ChangedKey::parts));
DURE_VALUE_FIELDS(compare::Standing, field("rank", &compare::Standing::rank),
                  field("total_centi_points", &compare::Standing::total_centi_points),
                  field("awarded", &compare::Standing::awarded),
                  field("outcome", &compare::Standing::outcome));
DURE_VALUE_FIELDS(compare::ApplicationChange, field("id", &compare::ApplicationChange::id),
                  field("organisation", &compare::ApplicationChange::organisation),
                  field("before", &compare::ApplicationChange::before),
                  field("after", &compare::ApplicationChange::after),
                  field("changed", &compare::ApplicationChange::changed),
                  field("comes_in", &compare::ApplicationChange::comes_in),
                  field("goes_out", &compare::ApplicationChange::goes_out),
                  field("because", &compare::ApplicationChange::because));
DURE_VALUE_FIELDS(compare::RoundChange, field("id", &compare::RoundChange::id),
                  field("pool", &compare::RoundChange::pool), field("unit", &compare::RoundChange::unit),
                  field("changed", &compare::RoundChange::changed),
                  field("refused", &compare::RoundChange::refused),
                  field("before", &compare::RoundChange::before),
                  field("after", &compare::RoundChange::after),
                  field("come_in", &compare::RoundChange::come_in),
                  field("go_out", &compare::RoundChange::go_out),
                  field("applications", &compare::RoundChange::applications));
DURE_VALUE_FIELDS(
    compare::LineChange, field("model", &compare::LineChange::model),
    field("account_id", &compare::LineChange::account_id), field("corrects", &compare::LineChange::corrects),
    field("first_day", &compare::LineChange::first_day), field("last_day", &compare::LineChange::last_day),
    field("before_krw", &compare::LineChange::before), field("after_krw", &compare::LineChange::after),
    field("before_rules", &compare::LineChange::before_rules),
    field("after_rules", &compare::LineChange::after_rules), field("changed", &compare::LineChange::changed),
    field("because", &compare::LineChange::because));
DURE_VALUE_FIELDS(
    compare::BillChange, field("id", &compare::BillChange::id), field("payer", &compare::BillChange::payer),
    field("changed", &compare::BillChange::changed), field("refused", &compare::BillChange::refused),
    field("before_krw", &compare::BillChange::before), field("after_krw", &compare::BillChange::after),
    field("due_before", &compare::BillChange::due_before),
    field("due_after", &compare::BillChange::due_after), field("lines", &compare::BillChange::lines),
    field("because", &compare::BillChange::because));
DURE_VALUE_FIELDS(compare::PayerChange, field("payer", &compare::PayerChange::payer),
                  field("bills", &compare::PayerChange::bills),
                  field("before_krw", &compare::PayerChange::before),
                  field("after_krw", &compare::PayerChange::after));
DURE_VALUE_FIELDS(compare::ItemChange, field("rule", &compare::ItemChange::rule),
                  field("before", &compare::ItemChange::before), field("after", &compare::ItemChange::after),
                  field("why", &compare::ItemChange::why), field("because", &compare::ItemChange::because));
DURE_VALUE_FIELDS(compare::ScreeningChange, field("id", &compare::ScreeningChange::id),
                  field("before", &compare::ScreeningChange::before),
                  field("after", &compare::ScreeningChange::after),
                  field("changed", &compare::ScreeningChange::changed),
                  field("refused", &compare::ScreeningChange::refused),
                  field("items", &compare::ScreeningChange::items),
                  field("because", &compare::ScreeningChange::because));
DURE_VALUE_FIELDS(compare::DeadlineChange, field("deadline", &compare::DeadlineChange::deadline),
                  field("before", &compare::DeadlineChange::before),
                  field("after", &compare::DeadlineChange::after),
                  field("changed", &compare::DeadlineChange::changed),
                  field("because", &compare::DeadlineChange::because));
DURE_VALUE_FIELDS(compare::EventChange, field("id", &compare::EventChange::id),
                  field("event", &compare::EventChange::event), field("on", &compare::EventChange::on),
                  field("changed", &compare::EventChange::changed),
                  field("refused", &compare::EventChange::refused),
                  field("deadlines", &compare::EventChange::deadlines));
DURE_VALUE_FIELDS(compare::Totals, field("rounds", &compare::Totals::rounds),
                  field("applications", &compare::Totals::applications),
                  field("applications_changed", &compare::Totals::applications_changed),
                  field("come_in", &compare::Totals::come_in), field("go_out", &compare::Totals::go_out),
                  field("bills", &compare::Totals::bills),
                  field("bills_changed", &compare::Totals::bills_changed),
                  field("before_krw", &compare::Totals::before), field("after_krw", &compare::Totals::after),
                  field("screenings", &compare::Totals::screenings),
                  field("screenings_changed", &compare::Totals::screenings_changed),
                  field("eligible_before", &compare::Totals::eligible_before),
                  field("eligible_after", &compare::Totals::eligible_after),
                  field("deadlines", &compare::Totals::deadlines),
                  field("deadlines_changed", &compare::Totals::deadlines_changed),
                  field("refused", &compare::Totals::refused));
DURE_VALUE_FIELDS(compare::Comparison, field("before_hash", &compare::Comparison::before_hash),
                  field("after_hash", &compare::Comparison::after_hash),
                  field("changed", &compare::Comparison::changed), field("keys", &compare::Comparison::keys),
                  field("rounds", &compare::Comparison::rounds), field("bills", &compare::Comparison::bills),
                  field("payers", &compare::Comparison::payers),
                  field("screenings", &compare::Comparison::screenings),
                  field("events", &compare::Comparison::events),
                  field("totals", &compare::Comparison::totals));

}  // namespace dure::model
