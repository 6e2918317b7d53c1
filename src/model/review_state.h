// States of a review and of a conflict of interest: one enum each for the stored rows, for what a selection
// is made from, and for the machines of programme/.
#pragma once

#include "model/fields.h"

namespace dure::model {

// governance 5.3. Only what was submitted or locked counts.
enum class ReviewState { kAssigned, kAccepted, kDeclined, kConflicted, kInProgress, kSubmitted, kLocked };
DURE_ENUM(ReviewState, DURE_NAME(kAssigned, "assigned"), DURE_NAME(kAccepted, "accepted"),
          DURE_NAME(kDeclined, "declined"), DURE_NAME(kConflicted, "conflicted"),
          DURE_NAME(kInProgress, "in_progress"), DURE_NAME(kSubmitted, "submitted"),
          DURE_NAME(kLocked, "locked"));

// A conflict of interest between a reviewer and an application (E14, governance R15). Scores count where
// there is none, or where it was found to be none (dismissed) or waived with a ground; not while it is
// unresolved, and not of a reviewer who stood back (recused).
enum class ConflictState { kNone, kUnresolved, kDismissed, kWaived, kRecused };
DURE_ENUM(ConflictState, DURE_NAME(kNone, "none"), DURE_NAME(kUnresolved, "unresolved"),
          DURE_NAME(kDismissed, "dismissed"), DURE_NAME(kWaived, "waived"), DURE_NAME(kRecused, "recused"));

}  // namespace dure::model
