#include "programme/software.h"

#include <algorithm>
#include <set>
#include <utility>

#include "policy/version.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Detail;
using base::Reason;
using policy::OperatingSystem;
using policy::SoftwarePart;
using policy::SoftwareStack;

bool same_version(const std::string& a, const std::string& b) {
  return !policy::version_less(a, b) && !policy::version_less(b, a);
}

bool begins_with_digit(const std::string& version) {
  return !version.empty() && version.front() >= '0' && version.front() <= '9';
}

std::string label(const SoftwarePart& part) {
  return part.version.empty() ? part.name : part.name + " " + part.version;
}

// What one part says about a library: cuda or cudnn.
struct Library {
  const char* name;
  const char* pointer;
  std::string SoftwarePart::*needed;
  std::string SoftwareChoice::*chosen;
  std::string SoftwareEnvironment::*found;
};
constexpr Library kLibraries[] = {
    {"CUDA", "/cuda", &SoftwarePart::cuda, &SoftwareChoice::cuda, &SoftwareEnvironment::cuda},
    {"cuDNN", "/cudnn", &SoftwarePart::cudnn, &SoftwareChoice::cudnn, &SoftwareEnvironment::cudnn},
};

class Check {
 public:
  Check(const SoftwareStack& stack, const SoftwareChoice& choice) : stack_(stack), choice_(choice) {
    made_.accelerator = stack.accelerator;
  }

  base::Result<SoftwareEnvironment> run() && {
    system();
    parts();
    for (const Library& library : kLibraries) one_library(library);
    driver();
    if (details_.empty()) return std::move(made_);
    const auto count = static_cast<std::int64_t>(details_.size());
    return base::error(
        base::ErrorKind::kNotEver,
        Reason("software.refused").with("accelerator", stack_.accelerator).with("count", count),
        std::move(details_));
  }

 private:
  void refuse(std::string pointer, Reason reason) {
    details_.push_back({std::move(pointer), std::move(reason)});
  }

  std::string systems() const {
    std::vector<std::string> names;
    names.reserve(stack_.operating_systems.size());
    for (const OperatingSystem& system : stack_.operating_systems) names.push_back(system.name);
    return joined(names);
  }

  void system() {
    const Versioned& asked = choice_.system;
    if (stack_.delivery == policy::SoftwareDelivery::kContainer) {
      if (!asked.name.empty()) {
        refuse("/system", Reason("software.system_not_chosen")
                              .with("accelerator", stack_.accelerator)
                              .with("system", asked.name));
      }
      return;
    }
    if (asked.name.empty()) {
      return refuse(
          "/system",
          Reason("software.system_needed").with("accelerator", stack_.accelerator).with("known", systems()));
    }
    const auto& all = stack_.operating_systems;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == asked.name; });
    if (found == all.end()) {
      return refuse("/system",
                    Reason("software.system_unknown").with("system", asked.name).with("known", systems()));
    }
    if (!asked.version.empty() && !begins_with_digit(asked.version))
      return refuse("/system", Reason("software.version_malformed").with("version", asked.version));
    made_.system = {found->name, asked.version.empty() ? found->at_least : asked.version};
    if (!policy::version_less(made_.system.version, found->at_least)) return;
    refuse("/system", Reason("software.system_too_old")
                          .with("system", asked.name)
                          .with("version", asked.version)
                          .with("at_least", found->at_least));
  }

  void parts() {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < choice_.parts.size(); ++i) {
      const std::string pointer = "/parts/" + std::to_string(i);
      const Versioned& asked = choice_.parts[i];
      if (!seen.insert(asked.name).second) {
        refuse(pointer, Reason("software.chosen_twice").with("part", asked.name));
        continue;
      }
      if (const SoftwarePart* part = offered(asked, pointer)) {
        chosen_.push_back(part);
        made_.parts.push_back({part->name, part->version.empty() ? asked.version : part->version});
      }
    }
  }

  // The part of the catalogue that was asked for; nullptr, and a refusal, where there is none. A part without
  // a version comes as its image has it, so that any version may be asked for.
  const SoftwarePart* offered(const Versioned& asked, const std::string& pointer) {
    std::vector<std::string> names;
    std::vector<std::string> versions;
    for (const SoftwarePart& part : stack_.parts) {
      if (!among(names, part.name)) names.push_back(part.name);
      if (part.name != asked.name) continue;
      if (asked.version.empty()) return &part;
      if (!begins_with_digit(asked.version)) {
        refuse(pointer, Reason("software.version_malformed").with("version", asked.version));
        return nullptr;
      }
      if (part.version.empty() || same_version(asked.version, part.version)) return &part;
      versions.push_back(part.version);
    }
    if (versions.empty()) {
      refuse(pointer, Reason("software.part_unknown")
                          .with("part", asked.name)
                          .with("accelerator", stack_.accelerator)
                          .with("known", joined(names)));
    } else {
      refuse(pointer, Reason("software.version_not_offered")
                          .with("part", asked.name)
                          .with("version", asked.version)
                          .with("known", joined(versions)));
    }
    return nullptr;
  }

  // Versions of a library that the stack names, in its order.
  std::vector<std::string> named(const Library& library) const {
    std::vector<std::string> versions;
    for (const SoftwarePart& part : stack_.parts) {
      const std::string& version = part.*library.needed;
      if (!version.empty() && !among(versions, version)) versions.push_back(version);
    }
    return versions;
  }

  // A version that no part and no driver names is not offered. One above the driver's is told by driver().
  bool library_offered(const Library& library, const std::string& asked) {
    const auto versions = named(library);
    const bool any = std::any_of(versions.begin(), versions.end(),
                                 [&](const std::string& each) { return same_version(each, asked); });
    if (begins_with_digit(asked) && any) return true;
    const SoftwarePart* most = driver_part();
    const std::string& above = most == nullptr ? asked : most->*library.needed;
    if (begins_with_digit(asked) && !above.empty() && policy::version_less(above, asked)) return true;
    refuse(library.pointer, Reason("software.library_not_offered")
                                .with("library", library.name)
                                .with("chosen", asked)
                                .with("accelerator", stack_.accelerator)
                                .with("known", versions.empty() ? "-" : joined(versions)));
    return false;
  }

  // All parts need the same one, and it is the one that was chosen.
  void one_library(const Library& library) {
    const std::string& asked = choice_.*library.chosen;
    if (!asked.empty() && !library_offered(library, asked)) return;
    const SoftwarePart* first = nullptr;
    for (const SoftwarePart* part : chosen_) {
      const std::string& needs = part->*library.needed;
      if (part->role != policy::PartRole::kLibrary || needs.empty()) continue;
      if (!asked.empty() && !same_version(asked, needs)) {
        refuse(library.pointer, Reason("software.library_conflict")
                                    .with("library", library.name)
                                    .with("chosen", asked)
                                    .with("part", label(*part))
                                    .with("needs", needs));
      } else if (first != nullptr && !same_version(first->*library.needed, needs)) {
        refuse(library.pointer, Reason("software.parts_conflict")
                                    .with("library", library.name)
                                    .with("part", label(*first))
                                    .with("needs", first->*library.needed)
                                    .with("other", label(*part))
                                    .with("other_needs", needs));
      }
      if (first == nullptr) first = part;
    }
    made_.*library.found = !asked.empty() ? asked : first == nullptr ? "" : first->*library.needed;
  }

  const SoftwarePart* driver_part() const {
    const auto& all = stack_.parts;
    const auto driver = std::find_if(all.begin(), all.end(), [](const SoftwarePart& part) {
      return part.role == policy::PartRole::kDriver;
    });
    return driver == all.end() ? nullptr : &*driver;
  }

  void driver() {
    const SoftwarePart* driver = driver_part();
    if (driver == nullptr) return;
    made_.driver = {driver->name, driver->version};
    if (driver->cuda.empty() || !policy::version_less(driver->cuda, made_.cuda)) return;
    refuse("/cuda", Reason("software.above_driver")
                        .with("chosen", made_.cuda)
                        .with("driver", label(*driver))
                        .with("most", driver->cuda));
  }

  const SoftwareStack& stack_;
  const SoftwareChoice& choice_;
  SoftwareEnvironment made_;
  std::vector<const SoftwarePart*> chosen_;
  std::vector<Detail> details_;
};

}  // namespace

base::Result<SoftwareEnvironment> check_software(const std::string& accelerator, const SoftwareChoice& choice,
                                                 const policy::Catalogue& catalogue) {
  if (catalogue.software.empty()) {
    return base::error(base::ErrorKind::kNotFound, Reason("software.no_catalogue"));
  }
  std::vector<std::string> known;
  for (const SoftwareStack& stack : catalogue.software) {
    if (stack.accelerator == accelerator) return Check(stack, choice).run();
    known.push_back(stack.accelerator);
  }
  return base::error(
      base::ErrorKind::kNotFound,
      Reason("software.accelerator_unknown").with("accelerator", accelerator).with("known", joined(known)));
}

}  // namespace dure::programme
