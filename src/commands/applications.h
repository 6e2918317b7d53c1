// Applications: filed, evidenced, submitted and screened, decided.
//
// Whoever files an application needs no account: he gets a token with the role of applicant for that one
// application (S0: the account comes with the award).
#pragma once

#include <string>

#include "commands/work.h"
#include "model/requests.h"
#include "ports/query.h"

namespace dure::commands {

// As events, decisions and the audit trail name it.
inline std::string application_name(const model::ApplicationId& id) {
  return "applications/" + id.text;
}

// A draft. Open to everybody while the call is open; the form is checked for what is wrong whatever the
// programme.
base::Result<model::CreatedApplication> create_application(Work& work,
                                                           const model::CreateApplication& command);

// Another form in place of the old one; only of a draft or a returned application.
base::Result<model::Application> replace_form(Work& work, const model::ApplicationId& id,
                                              const model::Form1& form);

// Submits: gives the receipt number, screens at once (a reason per rule), and leaves it eligible, ineligible
// or returned. The screening is kept as a decision with its inputs.
base::Result<model::Application> submit_application(Work& work, const model::ApplicationId& id);

base::Result<model::Application> withdraw_application(Work& work, const model::ApplicationId& id);

// The application where the caller may change it: a draft, or one that was returned.
base::Result<model::Application> editable_application(Work& work, const model::ApplicationId& id);

// Whether the caller filed it, or may act as who filed it: the data are his own.
bool is_filer(const Work& work, const model::Application& application);

// The centre's decision. An approval makes the award.
base::Result<model::Application> decide_application(Work& work, const model::ApplicationId& id,
                                                    const model::DecideApplication& command);

// Whether the caller may see the personal data of this application unmasked: its filer may; a person of the
// centre may where he gives a ground, and the look is recorded in this transaction (which must then be a
// writing one).
base::Result<bool> reveal_application(Work& work, const model::Application& application,
                                      const std::string& ground);

}  // namespace dure::commands
