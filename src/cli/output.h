// What the commands print: a table for people, JSON for programs, and failures with what would help.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/api.h"

namespace dure::cli {

enum class Format { kTable, kJson };

// Exit codes: stable, for scripts.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;    // the server or the input said no
inline constexpr int kUsage = 2;     // the command line is wrong
inline constexpr int kNoServer = 3;  // the server cannot be reached
inline constexpr int kChanged = 4;   // what was compared differs

struct Column {
  std::string title;
  std::string path;  // as in text_at()
};

// Rows of an array under their titles; widths by what people see (a Hangul syllable takes two columns).
void print_table(const boost::json::value& rows, const std::vector<Column>& columns);
void print_json(const boost::json::value& value);
void print(Format format, const boost::json::value& value, const std::vector<Column>& columns);

// Says what failed on standard error, in the language asked for; the exit code that fits.
int report(const base::Error& failure, const Problem& problem, const std::string& language);

// Gives every reason in the value (an object of code and parameters) a member "text": the sentence that
// people read.
void add_reason_texts(boost::json::value& value, const std::string& language);

// How much of what was given was used, as people read it ("37.5 %"), under "used"; a program reads "used_bp".
// "" where nothing was measured.
boost::json::value with_use(boost::json::value object);

// Terminal columns that a UTF-8 text takes.
std::size_t display_width(std::string_view text);

}  // namespace dure::cli
