// Funding rate histories (CSV with Symbol, Date, Funding Rate) to funding_rate events.
//
// The files do not say how long a rate's interval is. With interval=infer it is the shorter of the
// spacings to the rows before and after, to the minute: right through changes of the venue's
// interval and beside single missing rows. Rows must ascend in time within a symbol. The files of
// the recordings differ in zone: those whose stamps fall on 03, 11 and 19 h are three hours ahead
// of UTC (utc_offset=+03:00).
#pragma once

#include "adapters/feed/common/importer.hpp"

namespace ballast {

extern const ImporterKind funding_csv_kind;

}  // namespace ballast
