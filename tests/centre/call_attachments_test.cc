// B12: the forms of a call as files: put there by an officer, had by anybody, replaced and withdrawn.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <iterator>

#include "centre/cast.h"
#include "centre/evaluation_cast.h"
#include "cli/api.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

const std::string kOldForm = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const std::string kNewForm = "%PDF-1.5\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

Reply hang(Centre& centre, const Who& who, const std::string& call, const std::string& query,
           const std::string& bytes = kOldForm) {
  return centre.send("POST", "/api/v1/calls/" + call + "/attachments?" + query, who.token, bytes);
}
std::string content_of(const Reply& attachment) {
  return "/api/v1/call-attachments/" + attachment.text("id") + "/content";
}
std::string announced_file(Centre& centre, const std::string& call, const std::string& path) {
  return centre.get("/api/v1/calls/" + call + "/announcement").text("attachments/" + path);
}

TEST(CallAttachments, B12_AnybodyDownloadsAFormOfACallWithoutLoggingIn) {
  Evaluation it("s1-aica-2024", "2024-03-04T00:00:00Z");
  auto& centre = it.centre;
  EXPECT_EQ(announced_file(centre, it.call, "0/id"), "attachment-1");
  EXPECT_EQ(announced_file(centre, it.call, "0/file/id"), "") << "there is no file yet";
  const auto made =
      hang(centre, centre.operators, it.call, "form=attachment-1&file_name=%EB%B6%99%EC%9E%841.pdf");
  ASSERT_EQ(made.status, 201) << made.text_body;
  EXPECT_EQ(made.text("title"), "붙임1 신청서 및 계획서") << "the pack's, where none is given";
  EXPECT_EQ(made.text("media_type"), "application/pdf") << "by content";
  EXPECT_EQ(made.text("sha256"), policy::sha256_hex(kOldForm));
  EXPECT_EQ(made.text("blob"), "") << "where it lies is nobody's business";
  EXPECT_EQ(announced_file(centre, it.call, "0/file/id"), made.text("id"));
  EXPECT_EQ(announced_file(centre, it.call, "0/file/file_name"), "붙임1.pdf");
  const auto file = centre.get(content_of(made));
  ASSERT_EQ(file.status, 200) << file.text_body;
  EXPECT_EQ(file.text_body, kOldForm);
  EXPECT_EQ(file.headers.get("Content-Disposition"), "attachment; filename*=UTF-8''%EB%B6%99%EC%9E%841.pdf");
  EXPECT_EQ(file.headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(file.headers.get("Content-Security-Policy"), "sandbox; default-src 'none'");
  const net::Headers had{{"If-None-Match", std::string(file.headers.get("ETag"))}};
  EXPECT_EQ(centre.send("GET", content_of(made), "", "", had).status, 304);
}

TEST(CallAttachments, B12_ANewFileReplacesTheOldOneAndBothAreKnown) {
  Evaluation it("s1-aica-2024", "2024-03-04T00:00:00Z");
  auto& centre = it.centre;
  const auto first = hang(centre, centre.operators, it.call, "form=attachment-1&file_name=a.pdf");
  const auto second = hang(centre, centre.operators, it.call, "form=attachment-1&file_name=b.pdf", kNewForm);
  ASSERT_EQ(second.status, 201) << second.text_body;
  EXPECT_EQ(second.number("edition"), 2);
  EXPECT_EQ(announced_file(centre, it.call, "0/file/id"), second.text("id"));
  EXPECT_EQ(centre.get(content_of(second)).text_body, kNewForm);
  EXPECT_EQ(centre.get(content_of(first)).text_body, kOldForm) << "who has its address still has it";
  const auto row = centre.get("/api/v1/call-attachments/" + first.text("id"));
  EXPECT_NE(row.text("replaced_at"), "");
  const auto trail =
      centre.get("/api/v1/audit-entries?action=call-attachments.attach&sort=created_at", centre.operators);
  ASSERT_EQ(trail.body.at("items").as_array().size(), 2u) << trail.text_body;
  EXPECT_NE(trail.text_body.find(first.text("id")), std::string::npos);
  EXPECT_NE(trail.text_body.find(policy::sha256_hex(kNewForm)), std::string::npos) << trail.text_body;
}

TEST(CallAttachments, B12_AFormThatWasWithdrawnIsGivenOutNoMore) {
  Evaluation it("s1-aica-2024", "2024-03-04T00:00:00Z");
  auto& centre = it.centre;
  const auto made =
      hang(centre, centre.operators, it.call, "form=guide&title=%EC%95%88%EB%82%B4&file_name=a.pdf");
  ASSERT_EQ(made.status, 201) << made.text_body;
  EXPECT_EQ(announced_file(centre, it.call, "4/id"), "guide") << "one of its own comes after the pack's";
  EXPECT_EQ(announced_file(centre, it.call, "4/title/ko"), "안내");
  const std::string path = "/api/v1/call-attachments/" + made.text("id") + "/withdraw";
  EXPECT_EQ(it.post(path, {{"ground", " "}}).text("code"), "outcome.text_missing");
  EXPECT_EQ(it.post(path, {{"ground", "잘못 올림"}}).status, 200);
  EXPECT_EQ(it.post(path, {{"ground", "잘못 올림"}}).text("code"), "call_attachment.withdrawn");
  EXPECT_EQ(centre.get(content_of(made)).status, 404);
  EXPECT_EQ(announced_file(centre, it.call, "4/id"), "");
  EXPECT_EQ(hang(centre, centre.operators, it.call, "form=guide&title=x&file_name=a.pdf").number("edition"),
            2);
}

TEST(CallAttachments, B12_OnlyTheOfficePutsFilesThereAndOnlyOfFormatsOfTheProgramme) {
  Evaluation it("s1-aica-2024", "2024-03-04T00:00:00Z",
                "format: dure-policy/1\nlayer: call\nid: small\nversion: \"1\"\ndocuments:\n"
                "  max_bytes: {value: 1000, source: \"시험\", confidence: chosen}\n"
                "  max_files: {value: 2, source: \"시험\", confidence: chosen}\n");
  auto& centre = it.centre;
  const Who clerk = it.hire("clerk", "auditor");
  const std::string form = "form=attachment-1&file_name=a.pdf";
  EXPECT_EQ(hang(centre, {}, it.call, form).status, 401);
  EXPECT_EQ(hang(centre, clerk, it.call, form).status, 403);
  EXPECT_EQ(hang(centre, it.hire("r9"), it.call, form).status, 403);
  const auto& office = centre.operators;
  EXPECT_EQ(hang(centre, office, it.call, form, "#!/bin/sh\necho hi\n").text("code"),
            "document.type_refused");
  EXPECT_EQ(hang(centre, office, it.call, form, kOldForm + std::string(1000, ' ')).text("code"),
            "document.too_large");
  EXPECT_EQ(hang(centre, office, it.call, "form=..%2Fa&title=x&file_name=a.pdf").text("code"),
            "call_attachment.form_malformed");
  EXPECT_EQ(hang(centre, office, it.call, "form=guide&file_name=a.pdf").text("code"),
            "call_attachment.title_missing");
  EXPECT_EQ(hang(centre, office, it.call, "form=attachment-1").text("code"), "http.parameter_missing");
  EXPECT_EQ(hang(centre, office, it.call, "form=attachment-1&file_name=900101-1234567.pdf").text("code"),
            "form.resident_number");
  EXPECT_EQ(hang(centre, office, it.call, form).status, 201);
  EXPECT_EQ(hang(centre, office, it.call, "form=attachment-2&file_name=b.pdf").status, 201);
  EXPECT_EQ(hang(centre, office, it.call, "form=attachment-3&file_name=c.pdf").text("code"),
            "document.too_many");
  EXPECT_EQ(hang(centre, office, it.call, form, kNewForm).status, 201)
      << "one that is replaced is not one more";
  EXPECT_EQ(centre.get("/api/v1/call-attachments").body.at("items").as_array().size(), 3u);
}

TEST(CallAttachments, B12_TheFilesAreACollectionThatIsOpenToAll) {
  Cast cast;
  ASSERT_EQ(
      hang(cast.centre, cast.centre.operators, cast.centre.call, "form=form1&title=t&file_name=a.pdf").status,
      201);
  expect_collection(cast, "call-attachments", cast.visitor, true);
}

TEST(CallAttachments, B12_TheirFilesOutliveTheSearchForOrphans) {
  Cast cast;
  auto& centre = cast.centre;
  const auto kept = hang(centre, centre.operators, centre.call, "form=form1&title=t&file_name=a.pdf");
  const auto gone =
      hang(centre, centre.operators, centre.call, "form=form2&title=t&file_name=b.pdf", kNewForm);
  ASSERT_EQ(centre
                .post("/api/v1/call-attachments/" + gone.text("id") + "/withdraw", centre.operators,
                      {{"ground", "g"}})
                .status,
            200);
  const auto files = [&] {
    const auto all = std::filesystem::directory_iterator(centre.folder() + "/blobs");
    return std::distance(begin(all), end(all));
  };
  const auto before = files();
  const timespec stamp{(centre.clock.now() - base::Span::hours(2)).us / 1'000'000, 0};
  const timespec times[2] = {stamp, stamp};
  for (const auto& entry : std::filesystem::directory_iterator(centre.folder() + "/blobs"))
    ASSERT_EQ(::utimensat(AT_FDCWD, entry.path().c_str(), times, 0), 0);
  centre.turn_loops();
  EXPECT_EQ(centre.get(content_of(kept)).text_body, kOldForm);
  EXPECT_EQ(files(), before - 1) << "that of the one that was withdrawn went";
}

}  // namespace
}  // namespace dure::tests
