// Invoices as a table for a spreadsheet.
#pragma once

#include <boost/json/fwd.hpp>

#include "cli/sheet.h"

namespace dure::cli {

// One row for each invoice of the API's list, with what is still owed.
Sheet invoice_sheet(const boost::json::array& invoices);

}  // namespace dure::cli
