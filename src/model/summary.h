// The summary sheet of a call: a line for each application, in the columns that the programme's pack names
// (D8). Made anew at each read; nothing of it is kept.
#pragma once

#include <string>
#include <vector>

#include "model/application.h"
#include "model/fields.h"

namespace dure::model {

struct SummaryColumn {
  std::string id;  // name of Form 1, or of a field that the pack adds
  std::string ko;
  std::string en;
};
DURE_VALUE_FIELDS(SummaryColumn, field("id", &SummaryColumn::id), field("ko", &SummaryColumn::ko),
                  field("en", &SummaryColumn::en));

struct SummaryRow {
  ApplicationId application_id;
  std::string receipt_number;
  ApplicationState state = ApplicationState::kDraft;
  std::vector<std::string> cells;  // one for each column
  std::vector<std::string> gaps;   // columns that should be filled in and are not
};
DURE_VALUE_FIELDS(SummaryRow, field("application_id", &SummaryRow::application_id),
                  field("receipt_number", &SummaryRow::receipt_number), field("state", &SummaryRow::state),
                  field("cells", &SummaryRow::cells), field("gaps", &SummaryRow::gaps));

struct SummarySheet {
  std::string title;  // of the call
  std::vector<SummaryColumn> columns;
  std::vector<SummaryRow> rows;
};
DURE_VALUE_FIELDS(SummarySheet, field("title", &SummarySheet::title),
                  field("columns", &SummarySheet::columns), field("rows", &SummarySheet::rows));

}  // namespace dure::model
