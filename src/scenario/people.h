// Who acts in a scenario: by name, with a token, or with a log-in that is used again when its session has
// ended. "" is somebody who is not logged in; "operator" is there from the start.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "scenario/stage.h"

namespace dure::scenario {

class People {
 public:
  explicit People(Stage& stage);

  // Logs in, and changes the password where the centre wants another first. kConflict "scenario.refused_by"
  // {status, detail} where it refuses.
  base::Status log_in(const std::string& name, const std::string& login, const std::string& password);
  // Somebody with a token only: an applicant who has no account yet.
  void give_token(const std::string& name, std::string token);

  // As that person. kInvalid "scenario.person_unknown" {name}.
  base::Result<Answered> send(const std::string& name, Sent sent);

 private:
  struct Person {
    std::string login;
    std::string password;
    std::string token;
  };
  base::Status open_session(Person& person);
  base::Status change_password(Person& person);

  Stage& stage_;
  std::map<std::string, Person> people_;
  int passwords_ = 0;
};

}  // namespace dure::scenario
