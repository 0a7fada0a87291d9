// What of an event enters the running digest: everything that the engine reads of it.
#pragma once

#include "base/hash.hpp"
#include "model/event.hpp"

namespace ballast {

void add_event(Digest& digest, const Event& event);

}  // namespace ballast
