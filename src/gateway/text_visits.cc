#include "gateway/text_visits.h"

#include "wire/json_impl.h"

namespace dure::gateway {
namespace {

constexpr std::size_t kMostAnswer = 32 * 1024 * 1024;

std::string chunk(std::string_view bytes) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + std::string(bytes) + "\r\n";
}

}  // namespace

void LogVisit::on_stream() {
  std::string head = "HTTP/1.1 200 OK\r\n";
  for (const auto& field : own_headers()) head += field.name + ": " + field.value + "\r\n";
  head +=
      "Content-Type: text/plain; charset=utf-8\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
  send(std::move(head), [me = self<LogVisit>()] { me->pass_on(); });
}

void LogVisit::pass_on() {
  stream().read([me = self<LogVisit>()](base::Result<std::string> bytes) {
    if (!bytes.ok()) return me->drop();
    if (bytes->empty()) return me->send(chunk(""), [me] { me->finish(); });
    me->send(chunk(*bytes), [me] { me->pass_on(); });
  });
}

void ExecVisit::collect() {
  stream().read([me = self<ExecVisit>()](base::Result<std::string> bytes) {
    if (bytes.ok() && !bytes->empty() && me->received_.size() < kMostAnswer) {
      me->received_ += *bytes;
      return me->collect();
    }
    me->answer();
  });
}

void ExecVisit::answer() {
  wire::Limits limits;
  limits.max_bytes = kMostAnswer;
  const auto result = wire::read_json<model::ExecAnswer>(received_, {}, limits);
  if (!result.ok())
    return refuse(base::error(base::ErrorKind::kUnavailable,
                              base::Reason("gateway.answer_malformed").with("why", "broken off")));
  send(plain_answer(200, "application/json", wire::json_text(*result)),
       [me = self<ExecVisit>()] { me->finish(); });
}

}  // namespace dure::gateway
