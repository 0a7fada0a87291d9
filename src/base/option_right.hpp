// Call or put: a word that instruments and formulas share.
#pragma once

#include <cstdint>

namespace ballast {

enum class OptionRight : std::uint8_t { call, put };

}  // namespace ballast
