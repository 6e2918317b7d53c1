// The main job: one application of the regional centre, from the form to the invoice, over the public API
// alone.
//
// Played in front of the user by ./run, and verified step by step by ./run --check: then every claim is
// checked against what the API says, and the figures are recomputed from the ledger's rows. Nothing is
// staged: the same steps can be taken by hand with the other verbs of `dure`.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "base/result.h"
#include "cli/api.h"

namespace dure::cli {

struct TourOptions {
  std::string operator_password_file;
  std::string policies;  // folder with s0-regional-centre/
  bool check = false;    // end with one JSON object; less talk
};

// One person on the tour: an application, then an account.
struct Person {
  std::string login;
  std::string application;
  std::string receipt;
  std::string award;
  std::string allocation;
  std::string project;
  std::string obligation;
  std::string report_due;
  std::string token;  // of his session
};

class Tour {
 public:
  Tour(Api& api, TourOptions options) : api_(api), options_(std::move(options)) {}

  // The whole main job. The result is what ./run --check prints.
  base::Result<boost::json::object> play();

 private:
  base::Status set_up();
  base::Status wait_for_machines();
  base::Result<Person> admit(const std::string& login, const std::string& organisation);
  base::Status file_application(Person& person, const std::string& organisation);
  base::Status decide(Person& person);
  base::Status open_account(Person& person);
  base::Status use(const Person& first, const Person& second);
  base::Status wait_in_queue(const Person& second, const std::string& job);
  base::Status settle(const Person& first, const Person& second);
  base::Status stop_all(const Person& person);
  base::Status report_usage(const Person& person);
  base::Status bill(const Person& person);
  base::Status prove_audit();

  void as(const std::string& token) { api_.use_token(token); }
  void say(const std::string& korean, const std::string& english, const std::string& detail = "");
  // Refuses "cli.tour_failed" {step, what} where the claim does not hold.
  base::Status expect(bool claim, const std::string& step, const std::string& what);
  base::Result<boost::json::value> create_workload(const Person& person, const std::string& kind,
                                                   const std::string& name, std::int64_t blocks,
                                                   const std::string& command);
  // The workload once its run is in that state; fails when that takes longer.
  base::Result<boost::json::value> wait_for(const std::string& workload, const std::string& state,
                                            int seconds);

  Api& api_;
  TourOptions options_;
  std::string operator_token_;
  std::string programme_;
  std::string call_;
  std::string model_;
  boost::json::object report_;
  std::int64_t queued_at_us_ = 0;
};

}  // namespace dure::cli
