// A scope as people write it: "desk", "venue:bybit", "account:bybit/main", "book:mm",
// "factor:delta:BTC", and a book's own factor as "factor:delta:BTC of mm".
#pragma once

#include <string>

#include "model/desk.hpp"
#include "model/event.hpp"

namespace ballast {

std::string to_text(const Desk& desk, const Scope& scope);

}  // namespace ballast
