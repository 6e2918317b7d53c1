// Facts about who pays, as a person of the centre confirmed them: kept as a decision on the application, and
// read by every invoice (I2, I4, I5).
#pragma once

#include <optional>

#include "commands/work.h"
#include "model/application.h"
#include "model/award.h"
#include "model/payer_facts.h"

namespace dure::commands {

inline constexpr const char* kPayerRules = "payer/1";

// Keeps them as a decision of kind "payer", with its ground, in place of those before; the same again changes
// nothing. They hold for every invoice that is made from then on. Refuses (kInvalid)
// "invoice.ground_missing", "form.resident_number", "number.out_of_range", and what is wrong in them, each
// with its pointer. Permission: applications.decide.
base::Result<model::Decision> confirm_payer(Work& work, const model::ApplicationId& id,
                                            const model::ConfirmPayer& command);

// The newest that were confirmed on the application of the project or on that of the award that shapes the
// allocation now; none where nobody has looked.
base::Result<std::optional<model::ConfirmPayer>> confirmed_payer(Work& work,
                                                                 const model::Allocation& allocation);

}  // namespace dure::commands
