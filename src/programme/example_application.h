// An application that is eligible under the rules of a pack: something to start from (`dure eligible
// --example`).
#pragma once

#include "model/application.h"
#include "programme/eligibility.h"
#include "programme/facts.h"

namespace dure::programme {

struct ExampleApplication {
  model::Form1 form;
  Facts facts;
};

// Made from the rules alone, with a person's answers to its statements: classes and regions are tried until
// screen() says eligible. Where the rules leave something to a person in every case, the best that there is
// (needs a person, else the last that was tried).
ExampleApplication example_application(const ScreeningRules& rules);

}  // namespace dure::programme
