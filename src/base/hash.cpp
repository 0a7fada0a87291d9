#include "base/hash.hpp"

#include <fmt/format.h>

namespace ballast {

std::string Digest::hex() const { return fmt::format("{:016x}{:016x}", a_, b_); }

}  // namespace ballast
