#include "cli/tour.h"

#include <sys/random.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <thread>

#include "base/time.h"
#include "cli/gateway.h"
#include "cli/verbs.h"
#include "net/url.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

// Two cards are filled by 60 blocks each, so that 60 more do not fit on either although 80 are free together.
constexpr std::int64_t kBlocks = 60;
constexpr int kJobSeconds = 6;

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string random_text(int length) {
  static constexpr char kLetters[] = "abcdefghkmnpqrtuvwxyz";
  std::string text;
  while (static_cast<int>(text.size()) < length) {
    unsigned char byte = 0;
    if (::getrandom(&byte, 1, 0) == 1) text += kLetters[byte % (sizeof kLetters - 1)];
  }
  return text;
}

// A password that S0's rules take: four kinds of characters, no neighbours, made anew for each account.
std::string fresh_password() {
  std::string password = "K9!";
  for (const char c : random_text(12)) {
    password += c;
    if (password.size() % 4 == 0) password += "_7R#"[(password.size() / 4) % 4];
  }
  return password;
}

// The smallest file that a reader takes for a PDF: the signed form, scanned.
std::string signed_form_pdf() {
  return "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count "
         "1>>endobj\n"
         "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
         "trailer<</Size 4/Root 1 0 R>>\nstartxref\n190\n%%EOF\n";
}

model::Form1 make_form(const std::string& login, const std::string& organisation) {
  auto form = wire::read_form(wire::example_form());
  DURE_ASSERT(form.ok());
  form->login = login;
  form->applicant.organisation = organisation;
  form->plan.title = organisation + ": 용접 영상의 결함 검출";
  form->resources.blocks = 2 * kBlocks;
  form->starts_on = today_in_korea();
  form->months = 6;
  form->signed_on = today_in_korea();
  return *form;
}

}  // namespace

void Tour::say(const std::string& korean, const std::string& english, const std::string& detail) {
  const bool in_korean = api_.connection().language != "en";
  std::FILE* out = options_.check ? stderr : stdout;
  std::fprintf(out, "  %s%s%s\n", (in_korean ? korean : english).c_str(), detail.empty() ? "" : "  ",
               detail.c_str());
  std::fflush(out);
}

base::Status Tour::expect(bool claim, const std::string& step, const std::string& what) {
  if (claim) return {};
  return base::error(base::ErrorKind::kInternal,
                     base::Reason("cli.tour_failed").with("step", step).with("what", what));
}

base::Result<json::object> Tour::play() {
  DURE_TRY(set_up());
  DURE_LET(first, admit("hong" + random_text(4), "가나다기계"));
  report_["application"] = json::object{{"id", first.application}, {"receipt_number", first.receipt}};
  report_["award"] = first.award;
  report_["allocation"] = first.allocation;
  report_["report_due"] = first.report_due;
  DURE_LET(second, admit("kim" + random_text(4), "라마바전자"));
  DURE_TRY(use(first, second));
  DURE_TRY(settle(first, second));
  DURE_TRY(prove_audit());
  return report_;
}

base::Status Tour::set_up() {
  DURE_LET(password, read_file(options_.operator_password_file));
  const json::object who{{"login", "operator"}, {"password", password.substr(0, password.find('\n'))}};
  DURE_LET(session, api_.post("/api/v1/sessions", json::serialize(who)));
  operator_token_ = text_at(session, "token");
  as(operator_token_);
  DURE_LET(text, read_file(options_.policies + "/s0-regional-centre/policy.yaml"));
  const json::array layers{json::object{{"name", "s0-regional-centre/policy.yaml"}, {"text", text}}};
  DURE_LET(programme, api_.post("/api/v1/programmes", json::serialize(json::object{{"layers", layers}})));
  programme_ = text_at(programme, "id");
  say("정책 팩을 올렸습니다:", "The policy pack is in force:", text_at(programme, "name"));
  DURE_LET(open, api_.list("/api/v1/calls?state=open&programme_id=" + programme_));
  if (open.as_array().empty()) {
    const json::object body{{"programme_id", programme_}, {"title", "AI GPU 서버 수시 접수"}};
    DURE_LET(call, api_.post("/api/v1/calls", json::serialize(body)));
    call_ = text_at(call, "id");
  } else {
    call_ = text_at(open, "0/id");
  }
  return wait_for_machines();
}

// dure-node loads its image when it starts for the first time: that takes a while.
base::Status Tour::wait_for_machines() {
  for (int i = 0; i < 240; ++i) {
    DURE_LET(images, api_.list("/api/v1/images"));
    DURE_LET(cards, api_.list("/api/v1/cards?health=healthy"));
    if (!images.as_array().empty() && !cards.as_array().empty()) {
      say("노드가 준비되었습니다:", "The node is ready:",
          std::to_string(cards.as_array().size()) + " x " + text_at(cards, "0/model") +
              (text_at(cards, "0/simulated") == "true" ? " (모의 카드, simulated)" : ""));
      return {};
    }
    if (i % 20 == 0)
      say("노드가 이미지를 올리는 동안 기다립니다…", "Waiting for the node to load its image…");
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  return expect(false, "node", "no node with an image came within two minutes");
}

base::Result<Person> Tour::admit(const std::string& login, const std::string& organisation) {
  Person person;
  person.login = login;
  DURE_TRY(file_application(person, organisation));
  DURE_TRY(decide(person));
  DURE_TRY(open_account(person));
  return person;
}

base::Status Tour::file_application(Person& person, const std::string& organisation) {
  as("");  // whoever applies has no account yet
  const auto form = wire::to_json(make_form(person.login, organisation), wire::Out{.personal = true});
  const json::object body{{"call_id", call_}, {"form", form}};
  DURE_LET(created, api_.post("/api/v1/applications", json::serialize(body)));
  person.application = text_at(created, "application/id");
  const std::string path = "/api/v1/applications/" + person.application;
  as(text_at(created, "access_token"));
  DURE_LET(document, api_.post(path + "/documents?kind=form1&file_name=" + net::percent_encode("신청서.pdf"),
                               signed_form_pdf(), "application/octet-stream"));
  DURE_TRY(expect(text_at(document, "media_type") == "application/pdf", "document", "type by content"));
  DURE_LET(submitted, api_.post(path + "/submit"));
  person.receipt = text_at(submitted, "receipt_number");
  model_ = text_at(submitted, "form/resources/model");
  say("접수했습니다:", "Received:", person.receipt + "  " + organisation);
  for (const auto& item : submitted.at("screening").as_array())
    if (!options_.check)
      say("  요건", "  rule", text_at(item, "reason/text") + "  " + text_at(item, "source"));
  return expect(text_at(submitted, "state") == "eligible", "screening",
                boost::json::serialize(submitted.at("screening")));
}

base::Status Tour::decide(Person& person) {
  as(operator_token_);
  const std::string path = "/api/v1/applications/" + person.application;
  DURE_LET(application, api_.get(path));
  // By default personal data is masked on the way out (P17).
  DURE_TRY(
      expect(text_at(application, "form/applicant/name").find('*') != std::string::npos, "masking", "name"));
  json::array answers;
  for (const auto& item : application.at("screening").as_array())
    if (text_at(item, "result") == "needs_person")
      answers.push_back(
          json::object{{"rule", text_at(item, "rule")}, {"met", true}, {"ground", "담당자가 확인함"}});
  const json::object body{{"verdict", "approve"}, {"ground", "내부 평가 결과 적합"}, {"answers", answers}};
  DURE_LET(decided, api_.post(path + "/decision", json::serialize(body)));
  DURE_TRY(expect(text_at(decided, "state") == "selected", "decision", text_at(decided, "state")));
  DURE_LET(awards, api_.list("/api/v1/awards?application_id=" + person.application));
  person.award = text_at(awards, "0/id");
  say("선정했습니다:", "Decided and awarded:", text_at(awards, "0/awarded/blocks") + " blocks " + model_);
  return expect(!person.award.empty(), "award", "one award per approval");
}

base::Status Tour::open_account(Person& person) {
  as(operator_token_);
  DURE_LET(opened, api_.post("/api/v1/awards/" + person.award + "/allocation"));
  person.allocation = text_at(opened, "allocation/id");
  person.project = text_at(opened, "project/id");
  person.obligation = text_at(opened, "obligation/id");
  person.report_due = text_at(opened, "obligation/due_on");
  const std::string temporary = text_at(opened, "temporary_password");
  say("계정과 자원을 열었습니다:", "Account and allocation opened:",
      person.login + "  " + text_at(opened, "allocation/starts_on") + " ~ " +
          text_at(opened, "allocation/ends_on"));
  const json::object first{{"login", person.login}, {"password", temporary}};
  DURE_LET(session, api_.post("/api/v1/sessions", json::serialize(first)));
  DURE_TRY(
      expect(text_at(session, "account/state") == "must_change_password", "account", "temporary password"));
  as(text_at(session, "token"));
  const std::string password = fresh_password();
  const json::object change{{"current", temporary}, {"new", password}};
  DURE_LET(changed, api_.post("/api/v1/me/password", json::serialize(change)));
  DURE_TRY(expect(text_at(changed, "state") == "active", "account", "active after the change"));
  person.token = text_at(session, "token");
  return {};
}

base::Result<json::value> Tour::create_workload(const Person& person, const std::string& kind,
                                                const std::string& name, std::int64_t blocks,
                                                const std::string& command) {
  as(person.token);
  json::array words;
  if (!command.empty()) words = {"sh", "-c", json::string(command)};
  const json::object spec{{"image", "localhost/dure/workspace:1"},
                          {"model", model_},
                          {"blocks", blocks},
                          {"cpu_milli", 200},
                          {"memory_bytes", 128 << 20},
                          {"command", words}};
  const json::object body{
      {"allocation_id", person.allocation}, {"kind", kind}, {"name", name}, {"spec", spec}};
  return api_.post("/api/v1/workloads", json::serialize(body));
}

base::Result<json::value> Tour::wait_for(const std::string& workload, const std::string& state, int seconds) {
  const auto until = now_us() + seconds * 1'000'000LL;
  for (;;) {
    DURE_LET(view, api_.get("/api/v1/workloads/" + workload));
    if (text_at(view, "run/state") == state) return view;
    if (now_us() > until || text_at(view, "run/state") == "ended")
      return base::error(
          base::ErrorKind::kUnavailable,
          base::Reason("cli.tour_failed").with("step", state).with("what", json::serialize(view)));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

base::Status Tour::use(const Person& first, const Person& second) {
  DURE_LET(workspace, create_workload(first, "workspace", "작업공간", kBlocks, ""));
  const std::string id = text_at(workspace, "workload/id");
  DURE_LET(running, wait_for(id, "running", 90));
  const std::string card = text_at(running, "shares/0/card_id");
  const bool simulated = card.starts_with("SIM-");
  say("작업공간이 돌고 있습니다:", "A workspace runs:",
      std::to_string(kBlocks) + " blocks on " + card + (simulated ? " (모의 카드, simulated)" : ""));
  DURE_LET(job, create_workload(first, "job", "학습", kBlocks,
                                "echo training; sleep " + std::to_string(kJobSeconds)));
  DURE_LET(outcome,
           exec_in(api_, id, {"sh", "-c", "echo blocks=$DURE_BLOCKS user=$(id -u) host=$(hostname)"}));
  DURE_TRY(expect(outcome.exit_code == 0 && outcome.output.find("blocks=60") != std::string::npos, "exec",
                  outcome.output));
  say("그 안에서 명령을 실행했습니다:", "A command in it said:",
      outcome.output.substr(0, outcome.output.find('\n')));
  report_["workspace"] = json::object{{"id", id},
                                      {"container", text_at(running, "replicas/0/container_id")},
                                      {"state", text_at(running, "run/state")},
                                      {"device", card},
                                      {"simulated", simulated},
                                      {"blocks", kBlocks},
                                      {"command_output", outcome.output}};
  DURE_LET(job_running, wait_for(text_at(job, "workload/id"), "running", 90));
  static_cast<void>(job_running);
  return wait_in_queue(second, text_at(job, "workload/id"));
}

base::Status Tour::wait_in_queue(const Person& second, const std::string& job) {
  DURE_LET(waiting, create_workload(second, "workspace", "둘째 작업공간", kBlocks, ""));
  const std::string id = text_at(waiting, "workload/id");
  const auto queued = now_us();
  std::string reason, text;
  for (int i = 0; i < 50 && reason.empty(); ++i) {
    DURE_LET(view, api_.get("/api/v1/workloads/" + id));
    if (text_at(view, "run/state") != "queued") break;
    reason = text_at(view, "run/waiting/code");
    text = text_at(view, "run/waiting/text");
    if (reason.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  DURE_TRY(expect(!reason.empty(), "queue", "the second user waits with a reason"));
  say("둘째 사용자는 기다립니다:", "The second user waits:", text + " (" + reason + ")");
  DURE_LET(started, wait_for(id, "running", 120));
  const auto after_ms = (now_us() - queued) / 1000;
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%lld.%03lld", static_cast<long long>(after_ms / 1000),
                static_cast<long long>(after_ms % 1000));
  say("앞의 작업이 끝나자 시작했습니다:", "It started when the job before it ended, after:",
      std::string(seconds) + " s");
  DURE_TRY(expect(text_at(started, "shares/0/milli_gpu") == std::to_string(kBlocks * 10), "queue", "share"));
  report_["queued"] =
      json::object{{"reason", reason}, {"started_after_s", std::strtod(seconds, nullptr)}, {"behind", job}};
  return {};
}

base::Status Tour::stop_all(const Person& person) {
  as(person.token);
  DURE_LET(workloads, api_.list("/api/v1/workloads?allocation_id=" + person.allocation));
  for (const auto& workload : workloads.as_array()) {
    DURE_LET(stopped, api_.post("/api/v1/workloads/" + text_at(workload, "id") + "/stop"));
    static_cast<void>(stopped);
  }
  for (const auto& workload : workloads.as_array()) {
    const auto until = now_us() + 60'000'000;
    for (;;) {
      DURE_LET(view, api_.get("/api/v1/workloads/" + text_at(workload, "id")));
      if (text_at(view, "run/state") == "ended") break;
      DURE_TRY(expect(now_us() < until, "stop", text_at(view, "run/state")));
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  }
  return {};
}

base::Status Tour::settle(const Person& first, const Person& second) {
  DURE_TRY(stop_all(first));
  DURE_TRY(stop_all(second));
  DURE_TRY(report_usage(first));
  return bill(first);
}

// The sum that the API gives, and the same made again from the ledger's rows.
base::Status Tour::report_usage(const Person& person) {
  as(person.token);
  DURE_LET(sum, api_.get("/api/v1/usage?allocation_id=" + person.allocation));
  DURE_LET(entries, api_.list("/api/v1/ledger-entries?allocation_id=" + person.allocation));
  std::int64_t recomputed = 0;
  for (const auto& entry : entries.as_array()) {
    const auto length = number_at(entry, "to_ms") - number_at(entry, "from_ms");
    DURE_TRY(expect(number_at(entry, "milli_gpu_ms") == number_at(entry, "milli_gpu") * length, "ledger",
                    "one row"));
    recomputed += number_at(entry, "milli_gpu_ms");
  }
  DURE_TRY(
      expect(recomputed > 0 && recomputed == number_at(sum, "milli_gpu_ms"), "ledger", json::serialize(sum)));
  report_["usage_milli_gpu_seconds"] = number_at(sum, "milli_gpu_seconds");
  report_["ledger_entries"] = number_at(sum, "entries");
  say("사용량을 쟀습니다:", "Usage metered:",
      text_at(sum, "milli_gpu_seconds") + " milli-GPU-seconds, " + text_at(sum, "entries") + " entries");
  return {};
}

base::Status Tour::bill(const Person& person) {
  as(operator_token_);
  const json::object body{{"allocation_id", person.allocation}};
  DURE_LET(invoice, api_.post("/api/v1/invoices", json::serialize(body)));
  std::int64_t lines = 0;
  for (const auto& line : invoice.at("lines").as_array()) lines += number_at(line, "amount_krw");
  DURE_TRY(expect(lines == number_at(invoice, "invoice/total_krw"), "invoice", "lines add up"));
  DURE_LET(text, read_file(options_.policies + "/s0-regional-centre/sample-prices.yaml"));
  const json::array layers{json::object{{"name", "sample-prices.yaml"}, {"text", text}}};
  const json::object what_if{{"allocation_id", person.allocation},
                             {"period_end", text_at(invoice, "invoice/period_end")},
                             {"what_if", layers}};
  DURE_LET(sample, api_.post("/api/v1/invoices/preview", json::serialize(what_if)));
  DURE_TRY(expect(number_at(sample, "invoice/milli_gpu_ms") == number_at(invoice, "invoice/milli_gpu_ms"),
                  "invoice", "the same usage"));
  report_["invoice_krw"] = number_at(invoice, "invoice/total_krw");
  report_["invoice_sample_krw"] = number_at(sample, "invoice/total_krw");
  say("청구서를 냈습니다:", "Invoice:",
      text_at(invoice, "invoice/number") + "  " + text_at(invoice, "invoice/total_krw") +
          " KRW (예시 단가로는 " + text_at(sample, "invoice/total_krw") + " KRW)");
  say("결과 보고서(별지 제2호서식) 기한:", "The results report (Form 2) falls due on:", person.report_due);
  return expect(number_at(invoice, "invoice/total_krw") == 0 && !person.report_due.empty(), "invoice",
                "free under S0");
}

base::Status Tour::prove_audit() {
  as(operator_token_);
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  DURE_LET(verdict, api_.get("/api/v1/audit/verification"));
  report_["audit_entries"] = number_at(verdict, "entries");
  say("감사 기록의 사슬이 온전합니다:", "The audit's chain is intact:", text_at(verdict, "entries"));
  return expect(text_at(verdict, "intact") == "true" && number_at(verdict, "entries") > 0, "audit",
                json::serialize(verdict));
}

}  // namespace dure::cli
