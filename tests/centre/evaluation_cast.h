// A centre with a programme of its own, whose applications are evaluated: a pack of policies/ in force,
// applicants, reviewers, and what happens from a round to its results.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "centre/centre.h"
#include "model/application.h"
#include "policy/pack.h"

namespace dure::tests {

// A paper that can be evidence; the published rules of the programme name none.
inline constexpr const char* kProof = R"(
format: dure-policy/1
layer: call
id: with-proof
version: "1"
documents:
  list:
    source: "시험"
    confidence: chosen
    value:
      - {kind: proof, title: {ko: 소재 증명}, need: required, extensions: [pdf], mime_types: [application/pdf]}
)";

// A Monday of the call of 2024.
inline constexpr const char* kMarch = "2024-03-04T00:00:00Z";

struct Applying {
  std::string login;
  std::string organisation;
  std::int64_t blocks = 100;
  std::string model;                 // the pool's first, where left out
  std::optional<std::string> track;  // of the call
  std::string unit = "연구실";
  bool settled = true;                             // what screening leaves to a person is answered at once
  std::function<void(model::Form1&)> change = {};  // of the form, before it is filed
};

struct Evaluation {
  // The pack of the folder below policies/ with `more` as a layer over it ("" for none), at that instant.
  Evaluation(const std::string& folder, const std::string& at, const std::string& more = "");

  Reply post(const std::string& target, const boost::json::object& body = {});
  Reply get(const std::string& target);
  // The same as somebody: a reviewer or an applicant by login.
  Reply post_as(const Who& who, const std::string& target, const boost::json::object& body = {});

  // Moves the clock and logs everybody in again.
  void advance(base::Span by);
  // The keeper's round.
  void keep();

  // Somebody of the staff, with the login panel-NAME.
  Who hire(const std::string& name, const std::string& role = "reviewer");
  // Filed with all its papers, submitted and, where it is settled, found eligible.
  Who apply(const Applying& wish);
  Reply settle(const std::string& application, bool met = true);
  std::string state_of(const Who& applicant);

  // A round with that cut-off, whose intake is over: the clock stands on the day after.
  std::string cut_off(const std::string& cutoff_on);
  // So many reviewers on a panel of the round who accepted; the first takes the chair. Their logins are r1,
  // r2, …
  std::string seat_panel(const std::string& round, int members);
  // Begins the evaluation and gives everybody his reviews.
  void evaluate(const std::string& round);
  // Every member gives the application these points, in the order of the pack's criteria; the chair locks.
  void score(const std::string& round, const Who& applicant, const std::vector<std::int64_t>& points);
  // Of one member alone, as it is answered.
  Reply submit(const std::string& review, const Who& reviewer, const std::vector<std::int64_t>& centi_points);
  std::string review_of(const std::string& round, const Who& applicant, const Who& reviewer);
  Reply minutes(const std::string& panel);
  Reply rank(const std::string& round, const std::string& pool, std::int64_t count, const std::string& unit);
  Reply confirm(const std::string& ranking);
  // By rank: "C selected 400; B not_selected 0", with the organisation and the blocks of the award.
  std::string told(const std::string& round);
  // Puts GPUs of a model of the programme's pool in service.
  void build(const std::string& pool, const std::string& model, std::int64_t units,
             std::int64_t gpus_per_unit);

  Centre centre;
  policy::Pack pack;
  std::string programme;
  std::string call;
  std::map<std::string, Who> people;
};

// The writes of rows of an evaluation; that each honours If-Match, evaluation_walk_test shows.
const std::vector<std::string>& evaluation_writes();

// The body of scores for the pack's criteria, in hundredths.
boost::json::object scores_of(const policy::Pack& pack, const std::vector<std::int64_t>& centi_points);

}  // namespace dure::tests
