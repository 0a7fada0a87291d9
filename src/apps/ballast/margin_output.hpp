// What `ballast options margins` shows of the accounts' margins: a row each, and what they are made
// of.
#pragma once

#include <string>
#include <string_view>

#include "apps/ballast/output.hpp"

namespace ballast {

/// @param accounts  a JSON array, as GET /api/v1/margins lists them.
std::string shown_margins(std::string_view accounts, Format format);

}  // namespace ballast
