// Keys of catalogue.
#include "policy/keys.h"
#include "policy/records.h"

namespace dure::policy {

template <>
struct Record<Accelerator> {
  static void declare(Fields<Accelerator>& f) {
    f.required("model", &Accelerator::model, id());
    f.required("title", &Accelerator::title);
    f.add("maker", &Accelerator::maker, id());
    f.add("milli_teraflops", &Accelerator::milli_teraflops, number(0, 1'000'000'000));
    f.add("memory", &Accelerator::memory);
    f.add("mig_instances", &Accelerator::mig_instances, number(0, 100));
    f.add("per_server", &Accelerator::per_server, number(0, 1000, "GPU"));
    f.add("source", &Accelerator::source);
  }
};

template <>
struct Record<OperatingSystem> {
  static void declare(Fields<OperatingSystem>& f) {
    f.required("name", &OperatingSystem::name, id());
    f.required("title", &OperatingSystem::title);
    f.add("at_least", &OperatingSystem::at_least, id());
  }
};

template <>
struct Record<SoftwarePart> {
  static void declare(Fields<SoftwarePart>& f) {
    f.required("name", &SoftwarePart::name, id());
    f.add("version", &SoftwarePart::version, id());
    f.add("cuda", &SoftwarePart::cuda, id());
    f.add("cudnn", &SoftwarePart::cudnn, id());
    f.add("role", &SoftwarePart::role);
    f.add("not_in_every_image", &SoftwarePart::not_in_every_image);
  }
};

template <>
struct Record<SoftwareStack> {
  static void declare(Fields<SoftwareStack>& f) {
    f.required("accelerator", &SoftwareStack::accelerator, id());
    f.required("delivery", &SoftwareStack::delivery);
    f.add("operating_systems", &SoftwareStack::operating_systems);
    f.required("parts", &SoftwareStack::parts);
    f.add("source", &SoftwareStack::source);
  }
};

template <>
struct Record<CatalogueService> {
  static void declare(Fields<CatalogueService>& f) {
    f.required("id", &CatalogueService::id, id());
    f.required("title", &CatalogueService::title);
    f.required("kind", &CatalogueService::kind);
    f.add("pools", &CatalogueService::pools, id());
    f.add("provider", &CatalogueService::provider);
  }
};

void declare_catalogue_keys(Keys& keys) {
  using enum Effect;
  keys.begin(Section::kCatalogue);
  keys.add(DURE_KEY(catalogue.accelerators), {}, "가속기의 기종과 제원",
           "Models of accelerator and their figures", kInformative);
  keys.add(DURE_KEY(catalogue.software), {}, "가속기별로 함께 쓸 수 있는 운영체제·드라이버·CUDA·프레임워크",
           "What goes together on an accelerator: operating system, driver, CUDA, frameworks");
  keys.add(DURE_KEY(catalogue.services), {}, "제공하는 개발도구, SaaS, 보안서비스",
           "Developer tools, services and security services on offer", kInformative);
}

}  // namespace dure::policy
