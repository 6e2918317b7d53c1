// A user whose use is billed, under the S0 pack with prices over it: for tests of money over HTTP.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "centre/centre.h"
#include "centre/workspace.h"
#include "cli/api.h"

namespace dure::tests {

namespace json = boost::json;

inline constexpr std::int64_t kHourUs = 3'600'000'000;

inline std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

// A layer that ends what was free comes with a new version of the guideline (I1).
inline std::string amended(const std::string& layer) {
  if (layer.find("free_during_programme: {value: false") == std::string::npos) return layer;
  return replaced(
      layer, "\nbilling:\n",
      "\nmeta:\n  version: {value: \"2026-09-01\", source: test, confidence: chosen}\nbilling:\n");
}

// Puts the programme's pack in force again, with one more layer over it.
inline Reply load_over(Centre& centre, const std::string& layer) {
  const auto text = amended(layer);
  const json::array layers{json::object{{"name", "policy.yaml"}, {"text", s0_text()}},
                           json::object{{"name", "prices.yaml"}, {"text", text}}};
  return centre.post("/api/v1/programmes", centre.operators, {{"layers", layers}});
}

// The sample price list as a rule of the call, its prices multiplied.
inline void charge(Centre& centre, std::int64_t per_milli_gpu_hour) {
  auto text = replaced(s0_text("sample-prices.yaml"), "layer: what-if", "layer: call");
  text = replaced(text, "model: a100-40gb, unit: milli_gpu_hour, price_krw: 12",
                  "model: a100-40gb, unit: milli_gpu_hour, price_krw: " + std::to_string(per_milli_gpu_hour));
  const auto reply = load_over(centre, text);
  ASSERT_EQ(reply.status, 201) << json::serialize(reply.body);
}

// A user with one workload of a whole card that was placed and is played by observations.
struct Tenant {
  Centre& centre;
  Who user;
  std::string replica;
  std::int64_t sequence = 0;

  explicit Tenant(Centre& of) : centre(of), user(of.admit("hong01", 200)) {
    centre.report_node();
    replica = start_workspace(centre, user, "a", 100).replica;
  }

  void see(const std::string& kind, std::int64_t boottime_us, bool estimated = false) {
    json::object row{{"boot_id", "boot-1"},
                     {"sequence", ++sequence},
                     {"replica_id", replica},
                     {"kind", kind},
                     {"boottime_us", boottime_us},
                     {"estimated", estimated},
                     {"observed_at", base::to_text(base::Instant{1'788'220'800'000'000 + boottime_us})}};
    if (kind == "ended") row["exit_code"] = 0;
    centre.report_node({{"observations", json::array{row}}});
  }
  Reply invoice(json::object body = {}) {
    body["allocation_id"] = user.allocation;
    return centre.post("/api/v1/invoices", centre.operators, body);
  }
  std::int64_t ledger_sum() {
    return centre
        .get("/api/v1/usage?allocation_id=" + user.allocation + "&to=2030-01-01T00:00:00Z", centre.operators)
        .number("milli_gpu_ms");
  }
  // The sum over all invoices of the allocation, each checked line by line.
  std::int64_t invoiced(const std::string& field) {
    std::int64_t sum = 0;
    const auto list = centre.get("/api/v1/invoices?allocation_id=" + user.allocation, centre.operators);
    for (const auto& each : list.body.at("items").as_array()) {
      const auto one = centre.get("/api/v1/invoices/" + cli::text_at(each, "id"), centre.operators);
      std::int64_t won = 0, usage = 0;
      for (const auto& line : one.body.at("lines").as_array()) {
        won += cli::number_at(line, "amount_krw");
        usage += cli::number_at(line, "milli_gpu_ms");
      }
      EXPECT_EQ(won, one.number("invoice/total_krw"));
      EXPECT_EQ(usage, one.number("invoice/milli_gpu_ms"));
      sum += one.number("invoice/" + field);
    }
    return sum;
  }
};

}  // namespace dure::tests
