// LogFile: reads what a replica printed, as text, from the file that the engine writes.
//
// The engine's lines are "<RFC 3339 time> stdout|stderr F|P <text>" (the form of Kubernetes; P: the line goes
// on). The reader gives the texts. The engine empties the file when it has grown too large: then reading goes
// on from its start. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/fd.h"

namespace dure::node {

class LogFile {
 public:
  // Begins with the last `tail_lines` lines, or at the start for -1. A file that is not there yet reads as
  // empty.
  LogFile(std::string path, std::int64_t tail_lines);

  // The texts of the lines that are whole now, at most about 256 KiB; "" where there is nothing more.
  // Errors: node.log_unreadable {why}.
  base::Result<std::string> next();

 private:
  bool open();
  std::int64_t tail_offset(std::int64_t size) const;

  std::string path_;
  std::int64_t tail_lines_;
  net::Fd file_;
  std::int64_t offset_ = 0;
  std::string held_;  // the beginning of a line that is not whole yet
};

// The text of one of the engine's lines (without its line end), with a line end where the line is complete.
// A line of another form is taken as it is.
std::string log_line_text(std::string_view line);

// Removes logs that were last written more than `age_s` seconds before `now_s` (Unix time), except those of
// replicas for which `keep` is true. Returns how many.
int collect_logs(const std::string& folder, std::int64_t now_s, std::int64_t age_s,
                 const std::function<bool(const std::string& replica_id)>& keep);

}  // namespace dure::node
