// Dates from outside that no calendar computes with are refused, by whoever and wherever they come in.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <limits>

#include "centre/centre.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

json::value form_from(base::Date starts_on) {
  auto form = *wire::read_form(wire::example_form());
  form.starts_on = starts_on;
  return wire::to_json(form, wire::Out{.personal = true});
}

TEST(Dates, F5_AFormThatStartsBeyondTheCalendarIsRefusedToStrangers) {
  Centre centre;
  for (const base::Date date :
       {base::Date{9995, 1, 1}, base::Date{9999, 12, 31}, base::Date{3000, 1, 1}, base::Date{1, 1, 1}}) {
    const auto created =
        centre.post("/api/v1/applications", {}, {{"call_id", centre.call}, {"form", form_from(date)}});
    EXPECT_EQ(created.status, 422) << json::serialize(created.body);
    EXPECT_EQ(created.text("errors/0/pointer"), "/starts_on");
    EXPECT_EQ(created.text("errors/0/code"), "calendar.date_not_plannable");
  }
}

TEST(Dates, F5_SoIsAFormThatIsReplaced) {
  Centre centre;
  const auto created =
      centre.post("/api/v1/applications", {}, {{"call_id", centre.call}, {"form", form_from({2026, 9, 1})}});
  const std::string path = "/api/v1/applications/" + created.text("application/id");
  const auto replaced = centre.send("PUT", path + "/form", created.text("access_token"),
                                    json::serialize(form_from({9995, 1, 1})));
  EXPECT_EQ(replaced.status, 422) << json::serialize(replaced.body);
}

TEST(Dates, F5_ADecisionThatStartsOrLastsBeyondTheCalendarIsRefused) {
  Centre centre;
  const Who filer = centre.file_application("hong01");
  const auto decided = [&](json::object more) {
    return centre.approve(filer.application, std::move(more)).text("code");
  };
  EXPECT_EQ(decided({{"starts_on", "9995-01-01"}}), "calendar.date_not_plannable");
  EXPECT_EQ(decided({{"months", std::numeric_limits<std::int64_t>::max()}}), "decision.period_too_long");
  const json::object huge{{"model", "a100-40gb"},
                          {"blocks", std::numeric_limits<std::int64_t>::max()},
                          {"cpu_cores", 1},
                          {"memory_bytes", 1},
                          {"storage_bytes", 1}};
  EXPECT_EQ(decided({{"awarded", huge}}), "number.out_of_range");
}

}  // namespace
}  // namespace dure::tests
