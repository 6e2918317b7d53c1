// What a pack says about accounts, passwords, log-ins, personal data and how long records are kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "calendar/period.h"
#include "policy/text.h"

namespace dure::policy {

enum class CharacterClass { kDigit, kLower, kUpper, kSpecial };  // digit, lower, upper, special
enum class KeyboardLayout { kQwerty, kDubeolsik };               // qwerty, dubeolsik
enum class OnExpiry { kMustChange, kTemporaryByAdmin };          // must_change, temporary_by_admin

struct PasswordRules {
  std::int64_t min_length = 1;  // in characters (code points)
  std::int64_t max_length = 128;
  std::vector<CharacterClass> classes;  // all of them are required
  // Forbidden: this many neighbours in a row by code (abcd, 4321) or on a keyboard (qwer, !@#$). 0 = no rule.
  std::int64_t run_min = 0;
  std::vector<KeyboardLayout> keyboard_layouts;
  bool zigzag = false;       // also runs that alternate between two rows of a keyboard: 1q2w3e4r5t
  std::int64_t history = 0;  // the last so many may not be used again
  std::optional<calendar::Length> max_age;
  std::int64_t notice_days = 0;  // before max_age
  OnExpiry on_expiry = OnExpiry::kMustChange;
  bool one_way = true;  // kept only as a one-way hash
  bool operator==(const PasswordRules&) const = default;
};

enum class Evict { kNever, kOldest };           // never, oldest
enum class IpAllowlist { kNone, kRegistered };  // none, registered (the address of the form)

struct AccountRules {
  PasswordRules password;
  std::int64_t lock_failures = 0;  // wrong passwords in a row; 0 = no lock
  std::int64_t lock_minutes = 0;   // 0 = until a person unlocks
  bool ip_block = false;
  std::int64_t ip_block_failures = 0;  // from one address, over all accounts
  std::int64_t ip_block_minutes = 0;   // 0 = until a person unblocks
  std::int64_t max_sessions = 0;       // parallel connections of one account; 0 = no limit
  Evict evict = Evict::kNever;
  IpAllowlist ip_allowlist = IpAllowlist::kNone;
  std::int64_t idle_minutes = 0;  // 0 = never disconnected
  std::int64_t staff_idle_minutes = 0;
  bool personal_logins = true;  // allocations go to a unit, log-ins to persons
  bool temporary_password_must_change = true;
  bool operator==(const AccountRules&) const = default;
};

struct ConsentItem {
  std::string id;
  Text purpose;
  Text items;
  Text period;
  bool required = true;
  std::string text;  // id in texts.files
  bool operator==(const ConsentItem&) const = default;
};

struct Privacy {
  bool resident_numbers_refused = true;
  bool transport_encrypted = true;
  bool staff_accounts_personal = true;  // one account per handler
  bool mask_by_default = true;
  bool download_reason_required = true;
  bool large_scale = false;  // >= 50'000 subjects, unique identifiers or sensitive data
  std::optional<calendar::Length> access_log_review;
  std::vector<ConsentItem> consents;
  bool operator==(const Privacy&) const = default;
};

struct Retention {
  std::int64_t access_log_days = 365;
  std::int64_t role_change_days = 1095;
  std::int64_t delete_after_end_days = 0;  // account and data, after the end of the period
  std::int64_t deletion_notice_days = 0;   // told so many days before
  std::vector<std::string> holds;          // kinds of records kept under another law
  Text no_liability;                       // who answers for data that is gone with what was given back (L3)
  bool operator==(const Retention&) const = default;
};

}  // namespace dure::policy
