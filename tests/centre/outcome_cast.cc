#include "centre/outcome_cast.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <fstream>
#include <iterator>

namespace dure::tests {
namespace {

namespace json = boost::json;

// Where the section begins and ends: up to the next line that begins with a letter.
std::pair<std::size_t, std::size_t> place_of(const std::string& text, const std::string& section) {
  const auto begin = text.find("\n" + section + ":") + 1;
  auto end = begin;
  do {
    end = text.find('\n', end + 1);
  } while (end != std::string::npos && (end + 1 >= text.size() || !std::isalpha(text[end + 1])));
  return {begin, end == std::string::npos ? text.size() : end + 1};
}

}  // namespace

std::string s0_with(const std::string& section, const std::string& text) {
  std::string pack = s0_text();
  if (pack.find("\n" + section + ":") == std::string::npos) return pack + "\n" + text;
  const auto [begin, end] = place_of(pack, section);
  return pack.replace(begin, end - begin, text);
}

std::string s1_section(const std::string& section) {
  std::ifstream stream("policies/s1-aica-2024/policy.yaml");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto [begin, end] = place_of(text, section);
  return text.substr(begin, end - begin);
}

void put_in_force(Centre& centre, const std::string& pack) {
  const json::array layers{json::object{{"name", "policy.yaml"}, {"text", pack}}};
  const auto loaded = centre.post("/api/v1/programmes", centre.operators, {{"layers", layers}});
  ASSERT_EQ(loaded.status, 201) << loaded.text_body;
  ASSERT_EQ(loaded.text("id"), centre.programme);
}

void ask_as_s1(Centre& centre) {
  put_in_force(centre, s0_with("outcomes", s1_section("outcomes")));
}

void move_to(Centre& centre, const std::string& instant) {
  centre.advance(*base::parse_instant(instant) - centre.clock.now());
}

Who again(Centre& centre, const Who& who) {
  Who back = who;
  static int times = 0;  // none is taken twice
  back.password = "Forest" + std::to_string(++times) + "?cloud_M2";
  const auto temporary =
      centre.post("/api/v1/accounts/" + who.account + "/temporary-password", centre.operators)
          .text("temporary_password");
  back.token = centre.log_in(who.login, temporary).token;
  const auto changed =
      centre.post("/api/v1/me/password", back, {{"current", temporary}, {"new", back.password}});
  EXPECT_EQ(changed.status / 100, 2) << changed.text_body;
  return back;
}

void report_and_accept(Centre& centre, const Who& user) {
  const std::string path = "/api/v1/obligations/" + user.obligation;
  const Who back = again(centre, user);
  centre.post(path + "/report", back, {{"kind", "other"}, {"title", "결과"}, {"content", "내용"}});
  ASSERT_EQ(centre.post(path + "/accept", centre.operators).text("state"), "accepted");
}

std::string project_of(Centre& centre, const Who& user) {
  return centre.get("/api/v1/allocations/" + user.allocation, centre.operators).text("project_id");
}

std::string put_evidence(Centre& centre, const Who& user, const std::string& kind) {
  const auto put = centre.send(
      "POST", "/api/v1/projects/" + project_of(centre, user) + "/evidence?kind=" + kind + "&file_name=a.pdf",
      user.token, kPdfFile);
  EXPECT_EQ(put.status, 201) << put.text_body;
  return put.text("id");
}

}  // namespace dure::tests
