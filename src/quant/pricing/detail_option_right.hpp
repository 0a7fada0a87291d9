// Call or put.
#pragma once

#include <cstdint>

namespace ballast {

enum class OptionRight : std::uint8_t { call, put };

}  // namespace ballast
