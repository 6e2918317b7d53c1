// Organisations and people.
#pragma once

#include <string>

#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// The classes of Form 1 (S0: companies by size, public bodies, institutes, universities, others), and those
// that other programmes tell apart: associations (S1), start-ups (S3). As policy::organisation_classes().
enum class OrganisationClass {
  kLargeCompany,
  kMidCompany,
  kSmallCompany,
  kVenture,
  kStartup,
  kPublicBody,
  kInstitute,
  kUniversity,
  kAssociation,
  kOther
};
DURE_ENUM(OrganisationClass, DURE_NAME(kLargeCompany, "large_company"), DURE_NAME(kMidCompany, "mid_company"),
          DURE_NAME(kSmallCompany, "small_company"), DURE_NAME(kVenture, "venture"),
          DURE_NAME(kStartup, "startup"), DURE_NAME(kPublicBody, "public_body"),
          DURE_NAME(kInstitute, "institute"), DURE_NAME(kUniversity, "university"),
          DURE_NAME(kAssociation, "association"), DURE_NAME(kOther, "other"));

struct Organisation {
  OrganisationId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string name;
  OrganisationClass organisation_class = OrganisationClass::kOther;
  std::string region;           // code: "ulsan", "gyeongnam", …
  std::string business_number;  // ten digits, checked (governance R20); "" where there is none
};
DURE_FIELDS(Organisation, "organisations", field("id", &Organisation::id),
            field("version", &Organisation::version), field("created_at", &Organisation::created_at),
            field("updated_at", &Organisation::updated_at), field("name", &Organisation::name),
            field("class", &Organisation::organisation_class), field("region", &Organisation::region),
            field("business_number", &Organisation::business_number));

struct Person {
  PersonId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  OrganisationId organisation_id;
  std::string name;
  std::string position;
  std::string email;
  std::string phone;
  std::string mobile;
};
DURE_FIELDS(Person, "people", field("id", &Person::id), field("version", &Person::version),
            field("created_at", &Person::created_at), field("updated_at", &Person::updated_at),
            field("organisation_id", &Person::organisation_id),
            field("name", &Person::name, Visibility::kPersonal), field("position", &Person::position),
            field("email", &Person::email, Visibility::kPersonal),
            field("phone", &Person::phone, Visibility::kPersonal),
            field("mobile", &Person::mobile, Visibility::kPersonal));

}  // namespace dure::model
