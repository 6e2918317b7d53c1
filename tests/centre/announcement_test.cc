// The announcement of a call over HTTP, under the packs of the five programmes as they stand.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>

#include "centre/cast.h"
#include "cli/api.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

std::string pack_text(const std::string& folder) {
  std::ifstream stream("policies/" + folder + "/policy.yaml");
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The announcement of a call that is opened under the pack.
Reply announced(Centre& centre, const std::string& text) {
  const json::array layers{json::object{{"name", "policy.yaml"}, {"text", text}}};
  const auto loaded = centre.post("/api/v1/programmes", centre.operators, {{"layers", layers}});
  EXPECT_EQ(loaded.status, 201) << loaded.text_body;
  const auto call = centre.post("/api/v1/calls", centre.operators,
                                {{"programme_id", loaded.text("id")}, {"title", loaded.text("name")}});
  EXPECT_EQ(call.status, 201) << call.text_body;
  return centre.get("/api/v1/calls/" + call.text("id") + "/announcement");
}
Reply announced_of(Centre& centre, const std::string& folder) {
  return announced(centre, pack_text(folder));
}

// The row of that list whose member reads so.
json::value row(const Reply& told, const std::string& list, const std::string& member,
                const std::string& text) {
  for (const auto& each : told.body.at(list).as_array())
    if (cli::text_at(each, member) == text) return each;
  ADD_FAILURE() << "no " << text << " in " << list << ": " << told.text_body;
  return json::object{};
}

TEST(Announcement, B1_SeveralProgrammesEachWithItsRulesItsAgencyAndItsPortal) {
  Centre centre;
  const auto industry = announced_of(centre, "s3-hpc-2026");
  const auto research = announced_of(centre, "s3-research-2026");
  const auto aica = announced_of(centre, "s1-aica-2024");
  EXPECT_EQ(industry.text("portals/0/url"), "https://aiinfrahub.kr");
  EXPECT_EQ(research.text("portals/1/url"), "https://aicomputing.ai.kr");
  EXPECT_EQ(aica.text("portals/0/url"), "https://www.atops.or.kr");
  EXPECT_NE(industry.text("operator_name/ko"), research.text("operator_name/ko"));
  EXPECT_NE(industry.text("policy_hash"), research.text("policy_hash"));
  // Each call keeps to the rules of its own programme, whichever was loaded last.
  EXPECT_EQ(industry.text("pools/0/unit"), "gpu");
  EXPECT_EQ(research.text("pools/0/unit"), "server");
  const auto again = centre.get("/api/v1/calls/" + industry.text("call_id") + "/announcement");
  EXPECT_EQ(again.text_body, industry.text_body);
  EXPECT_EQ(centre.get("/api/v1/programmes").body.at("items").as_array().size(), 4u);
}

TEST(Announcement, B4_ABriefingIsAnnouncedWithTimeAndPlace) {
  Centre centre;
  const auto told = announced_of(centre, "s3-hpc-2026");
  EXPECT_EQ(told.text("briefings/0/on"), "2026-04-02");
  EXPECT_EQ(told.text("briefings/0/at"), "14:00");
  EXPECT_EQ(told.text("briefings/0/place/ko"), "서울 강남 코엑스");
  EXPECT_EQ(told.text("days/0/on"), "2026-03-25") << "announced";
  EXPECT_TRUE(announced_of(centre, "s1-aica-2024").body.at("briefings").as_array().empty());
}

TEST(Announcement, B2_TheDaysOfIntakeAreTheCallsOwn) {
  Centre centre;
  const auto days = [&](json::object more) {
    more["programme_id"] = centre.programme;
    more["title"] = "공모";
    const auto call = centre.post("/api/v1/calls", centre.operators, more);
    EXPECT_EQ(call.status, 201) << call.text_body;
    const auto told = centre.get("/api/v1/calls/" + call.text("id") + "/announcement");
    std::string all;
    for (const auto& each : told.body.at("days").as_array())
      all += cli::text_at(each, "what") + " " + cli::text_at(each, "on") + " ";
    return all;
  };
  EXPECT_EQ(days({}), "opens 2026-09-01 ");
  EXPECT_EQ(days({{"closes_at", "2026-09-30T15:00:00Z"}}), "opens 2026-09-01 closes 2026-09-30 ")
      << "intake ends with that day in Seoul";
}

// B2: the days that the pack says hold for a call that names none; what the call names goes before.
TEST(Announcement, B2_ACallThatNamesNoDaysHasThoseOfThePack) {
  Centre centre;  // on 1 September 2026
  auto text = pack_text("s0-regional-centre");
  const auto at = text.find("\ncall:\n");
  ASSERT_NE(at, std::string::npos);
  text.insert(at + 7,
              "  opens_on: {value: 2026-09-10, source: test, confidence: chosen}\n"
              "  closes_on: {value: 2026-09-30, source: test, confidence: chosen}\n");
  const json::array layers{json::object{{"name", "policy.yaml"}, {"text", text}}};
  const auto loaded = centre.post("/api/v1/programmes", centre.operators, {{"layers", layers}});
  ASSERT_EQ(loaded.status, 201) << loaded.text_body;
  const auto call = centre.post("/api/v1/calls", centre.operators, {{"programme_id", loaded.text("id")}});
  ASSERT_EQ(call.status, 201) << call.text_body;
  EXPECT_EQ(call.text("state"), "announced");
  EXPECT_EQ(call.text("opens_at"), "2026-09-09T15:00:00Z") << "the first moment of the tenth, in Seoul";
  EXPECT_EQ(call.text("closes_at"), "2026-09-30T15:00:00Z");
  const auto own = centre.post("/api/v1/calls", centre.operators,
                               {{"programme_id", loaded.text("id")},
                                {"opens_at", "2026-08-31T00:00:00Z"},
                                {"closes_at", "2026-10-31T15:00:00Z"}});
  EXPECT_EQ(own.text("state"), "open") << own.text_body;
  EXPECT_EQ(own.text("closes_at"), "2026-10-31T15:00:00Z");
  centre.advance(base::Span::days(40));
  const auto over = centre.post("/api/v1/calls", centre.operators, {{"programme_id", loaded.text("id")}});
  EXPECT_EQ(over.status, 422) << over.text_body;
  EXPECT_EQ(over.text("code"), "call.opens_after_it_closes");
}

TEST(Announcement, B5_TheTracksOfAProgramme) {
  Centre centre;
  const auto told = announced_of(centre, "s3-research-2026");
  EXPECT_EQ(told.text("tracks/0/title/ko"), "신진 연구자");
  EXPECT_EQ(told.text("tracks/1/id"), "general");
}

TEST(Announcement, B7_B8_B9_MenusOfCardsAndWholeServers) {
  Centre centre;
  const auto aica = announced_of(centre, "s1-aica-2024");
  const auto bow = row(aica, "pools", "id", "shared-bow");
  EXPECT_EQ(json::serialize(bow.at("menu_milli_gpu")), "[1000,2000,4000,8000,16000]");
  const auto industry = announced_of(centre, "s3-hpc-2026");
  EXPECT_EQ(industry.body.at("pools").at(0).at("menu_milli_gpu").as_array().size(), 16u);
  const auto research = announced_of(centre, "s3-research-2026");
  EXPECT_EQ(research.number("pools/0/gpus_per_unit"), 8);
  // Another menu is another announcement.
  std::string text = pack_text("s1-aica-2024");
  const std::string menu = "unit_menu: [1 GPU, 2 GPU, 4 GPU, 8 GPU, 16 GPU]";
  text.replace(text.find(menu), menu.size(), "unit_menu: [1 GPU, 2 GPU, 4 GPU, 8 GPU]");
  const auto less = announced(centre, text);
  EXPECT_EQ(json::serialize(row(less, "pools", "id", "shared-bow").at("menu_milli_gpu")),
            "[1000,2000,4000,8000]");
}

TEST(Announcement, B10_F9_P18_ACatalogueOfPoolsAndAcceleratorsThatMayChange) {
  Centre centre;
  const auto told = announced_of(centre, "s1-aica-2024");
  const auto t4 = row(told, "pools", "id", "dedicated-t4");
  EXPECT_EQ(cli::text_at(t4, "kind"), "dedicated");
  EXPECT_EQ(cli::number_at(t4, "gpus_per_unit"), 2);
  EXPECT_EQ(cli::number_at(t4, "cpu_cores_per_unit"), 12);
  EXPECT_EQ(cli::number_at(t4, "memory_bytes_per_unit"), 175'000'000'000);
  EXPECT_EQ(cli::number_at(t4, "milli_teraflops_per_unit"), 16'000);
  const auto bow = row(told, "pools", "id", "shared-bow");
  EXPECT_EQ(cli::text_at(bow, "kind"), "shared");
  EXPECT_EQ(cli::number_at(bow, "cpu_cores_per_unit"), 32);
  EXPECT_EQ(cli::number_at(bow, "memory_bytes_per_unit"), 800'000'000'000);
  EXPECT_EQ(cli::number_at(row(told, "accelerators", "model", "bow"), "milli_teraflops"), 87'500);
  EXPECT_EQ(told.text("offer_may_change"), "true");
}

TEST(Announcement, F10_StorageWithItsBackup) {
  Centre centre;
  const auto told = announced_of(centre, "s1-aica-2024");
  EXPECT_EQ(told.number("storage_bytes"), 50'000'000'000'000);
  EXPECT_EQ(told.number("storage_backup_bytes"), 20'000'000'000'000);
}

TEST(Announcement, B11_P15_P19_P30_P32_WhatIsInstalledAndWhatIsServedByPool) {
  Centre centre;
  const auto told = announced_of(centre, "s1-aica-2024");
  const auto t4 = row(told, "software", "accelerator", "t4");
  EXPECT_EQ(json::serialize(t4.at("operating_systems")), R"(["ubuntu-server 20.04","windows-server 2019"])");
  EXPECT_EQ(cli::text_at(t4, "parts/4"), "pytorch 2.0.1");
  EXPECT_TRUE(row(told, "software", "accelerator", "bow").at("operating_systems").as_array().empty())
      << "the IPU pool is containers";
  const auto face = row(told, "services", "id", "face-recognition");
  EXPECT_EQ(cli::text_at(face, "kind"), "ai_service");
  EXPECT_EQ(json::serialize(face.at("pools")), R"(["dedicated-t4","dedicated-h100"])");
  EXPECT_EQ(cli::text_at(row(told, "services", "id", "siem"), "kind"), "security");
  EXPECT_EQ(cli::text_at(row(told, "services", "id", "kafka"), "kind"), "data_service");
}

TEST(Announcement, D3_E2_E3_M5_PapersCriteriaAndDesks) {
  Centre centre;
  const auto told = announced_of(centre, "s1-aica-2024");
  const auto summary = row(told, "documents", "kind", "summary_sheet");
  EXPECT_EQ(cli::text_at(summary, "need"), "required");
  EXPECT_EQ(json::serialize(summary.at("extensions")), R"(["xls","xlsx"])");
  ASSERT_EQ(told.body.at("criteria").as_array().size(), 4u);
  std::int64_t sum = 0;
  for (int i = 0; i < 4; ++i) sum += told.number("criteria/" + std::to_string(i) + "/max_points");
  EXPECT_EQ(sum, 100);
  EXPECT_EQ(told.number("criteria/0/max_points"), 30);
  EXPECT_EQ(told.number("threshold_points"), 60);
  ASSERT_EQ(told.body.at("desks").as_array().size(), 4u);
  EXPECT_EQ(told.text("desks/2/topic"), "data_sharing");
  EXPECT_EQ(told.text("attachments/3/id"), "attachment-4");
}

TEST(Announcement, IsTaggedOpenToAllAndOfACallThatIsThere) {
  Cast cast;
  expect_tagged(cast, "/api/v1/calls/" + cast.centre.call + "/announcement", cast.visitor);
  EXPECT_EQ(cast.centre.get("/api/v1/calls/0190a0a0-0000-7000-8000-000000000000/announcement").status, 404);
}

}  // namespace
}  // namespace dure::tests
