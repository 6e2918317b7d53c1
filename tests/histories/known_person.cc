#include "histories/known_person.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "centre/taken.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

std::string numbered(const char* pattern, int a, int b = 0) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, a, b);
  return text;
}

model::Form1 form_of(const KnownPerson& known) {
  auto form = taken(wire::read_form(wire::example_form()));
  form.login = known.who.login;
  auto& who = form.applicant;
  who.name = who.advisor = form.signer = known.mark;
  who.email = known.mark + "@example.org";
  who.phone = who.mobile = known.mobile;
  who.address = "울산 " + known.mark + " 1";
  form.public_ip = known.address;
  form.plan.title = "과제 " + known.who.login.substr(3);
  return form;
}

void file_form(Centre& centre, KnownPerson& known) {
  const json::object body{{"call_id", centre.call},
                          {"form", wire::to_json(form_of(known), wire::Out{.personal = true})}};
  net::Headers once;
  once.add("Idempotency-Key", "7f0c9be2-51aa-4d7e-9a3c-7d1e6ba0" + known.mark.substr(3, 5));
  const auto created = centre.send("POST", "/api/v1/applications", "", json::serialize(body), once);
  ASSERT_EQ(created.status, 201) << created.text_body;
  known.who.application = created.text("application/id");
  known.who.token = created.text("access_token");
  const std::string path = "/api/v1/applications/" + known.who.application;
  const auto put = centre.send("POST", path + "/documents?kind=form1&file_name=" + known.mark + ".pdf",
                               known.who.token, std::string(kPdfFile) + "% " + known.mark + "\n");
  ASSERT_EQ(put.status, 201) << put.text_body;
  const auto sent = centre.post(path + "/submit", known.who);
  ASSERT_EQ(sent.status, 200) << sent.text_body;
}

void first_log_in(Centre& centre, KnownPerson& known, const std::string& temporary) {
  const auto login = centre.log_in(known.who.login, temporary);
  known.who.token = login.token;
  known.who.password = kGoodPassword;
  const auto changed =
      centre.post("/api/v1/me/password", known.who, {{"current", temporary}, {"new", kGoodPassword}});
  ASSERT_EQ(changed.status / 100, 2) << changed.text_body;
}

}  // namespace

// The sanitizers look for other faults than these tests, and a history costs ten times as much under them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

int centre_histories(int in_ci) {
  if (kSanitized) return in_ci;
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "full" ? 10'000 : in_ci;
}

KnownPerson enter_centre(Centre& centre, int number) {
  KnownPerson known;
  known.mark = numbered("zqx%05dx", number);
  known.who.login = numbered("lgx%05d", number);
  known.mobile = numbered("010-97%02d-%04d", number / 100, number % 100);
  known.address = numbered("10.77.%d.%d", number / 200, number % 200 + 10);
  from_address(centre, known, [&] { file_form(centre, known); });
  const auto decided = centre.approve(known.who.application);
  EXPECT_EQ(decided.status, 200) << decided.text_body;
  known.who.award = centre.get("/api/v1/awards?application_id=" + known.who.application, centre.operators)
                        .text("items/0/id");
  const auto opened = centre.post("/api/v1/awards/" + known.who.award + "/allocation", centre.operators);
  EXPECT_EQ(opened.status, 201) << opened.text_body;
  known.who.allocation = opened.text("allocation/id");
  known.who.obligation = opened.text("obligation/id");
  known.who.account = opened.text("account/id");
  known.id = opened.text("account/person_id");
  known.project = opened.text("project/id");
  const auto temporary = opened.text("temporary_password");
  from_address(centre, known, [&] { first_log_in(centre, known, temporary); });
  return known;
}

void from_address(Centre& centre, const KnownPerson& known, const std::function<void()>& body) {
  const auto before = centre.peer;
  centre.peer = known.address + ":5000";
  body();
  centre.peer = before;
}

void enter_again(Centre& centre, KnownPerson& known) {
  static int times = 0;  // none is taken twice
  const auto temporary =
      centre.post("/api/v1/accounts/" + known.who.account + "/temporary-password", centre.operators)
          .text("temporary_password");
  known.who.token.clear();
  if (temporary.empty()) return;
  from_address(centre, known, [&] {
    known.who.token = centre.log_in(known.who.login, temporary).token;
    // Some numbers are a pattern on the keyboard, which the rules refuse (1111, 11110 to 11119).
    for (int tries = 0; tries < 100; ++tries) {
      known.who.password = "Forest" + std::to_string(++times) + "?cloud_M2";
      const auto changed = centre.post("/api/v1/me/password", known.who,
                                       {{"current", temporary}, {"new", known.who.password}});
      if (changed.text("code") != "password.refused") break;
    }
  });
}

void read_store(Centre& centre, const std::function<base::Status(commands::Work&)>& body) {
  const auto done = commands::look<bool>(centre.world(), commands::system_caller("scheduler"),
                                         [&](commands::Work& work) -> base::Result<bool> {
                                           DURE_TRY(body(work));
                                           return true;
                                         });
  ASSERT_TRUE(done.ok()) << done.failure().reason.code;
}

void write_store(Centre& centre, const std::function<base::Status(commands::Work&)>& body) {
  const auto done = commands::run<bool>(centre.world(), commands::system_caller("scheduler"),
                                        [&](commands::Work& work) -> base::Result<bool> {
                                          DURE_TRY(body(work));
                                          return true;
                                        });
  ASSERT_TRUE(done.ok()) << done.failure().reason.code;
}

}  // namespace dure::tests
