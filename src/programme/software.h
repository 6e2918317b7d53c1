// Software that is asked for on an accelerator, against what the pack says goes together there (P19, B11,
// P29, P31; catalogue.software).
//
// One environment has one operating system, one driver, one CUDA and one cuDNN. A part of the catalogue may
// name the CUDA and the cuDNN that it was built for; a driver names the newest CUDA that it runs. Nothing is
// guessed: a version that the catalogue does not name is not offered, of CUDA and cuDNN neither.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "policy/catalogue_rules.h"

namespace dure::programme {

// Something with a version; "" = whichever the catalogue has.
struct Versioned {
  std::string name;
  std::string version;
  bool operator==(const Versioned&) const = default;
};

struct SoftwareChoice {
  Versioned system;              // "" = none is asked for
  std::string cuda;              // "" = as the parts need it
  std::string cudnn;             // likewise
  std::vector<Versioned> parts;  // frameworks and tools
  bool operator==(const SoftwareChoice&) const = default;
};

// What the environment is then made of. cuda and cudnn are "" where no part needs one and none was chosen.
struct SoftwareEnvironment {
  std::string accelerator;
  Versioned system;
  Versioned driver;  // "" where the catalogue names none
  std::string cuda;
  std::string cudnn;
  std::vector<Versioned> parts;  // in the order of the choice
  bool operator==(const SoftwareEnvironment&) const = default;
};

// Refuses (kNotEver "software.refused" {accelerator, count}) with one detail for each thing that does not go
// together ("/system", "/cuda", "/cudnn", "/parts/0"); (kNotFound) "software.accelerator_unknown"
// {accelerator, known} and "software.no_catalogue". Pure; the order of the choice decides nothing but the
// order of the answer.
base::Result<SoftwareEnvironment> check_software(const std::string& accelerator, const SoftwareChoice& choice,
                                                 const policy::Catalogue& catalogue);

}  // namespace dure::programme
