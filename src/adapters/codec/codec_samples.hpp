// A desk and random events of every type on it, for the codec's tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/rng.hpp"
#include "model/desk.hpp"
#include "model/event.hpp"

namespace ballast {

/// Two venues (one that lists its accounts), four assets, three instruments, two factors, two
/// rules.
Desk sample_desk();

/// An event of the type with this index in EventBody, as a reader could yield it.
Event random_event(Rng& rng, std::size_t type);

/// Random characters of one to four UTF-8 bytes, quotes, backslashes and control characters among
/// them; at least one, at most `longest` bytes.
std::string random_text(Rng& rng, std::size_t longest);

}  // namespace ballast
