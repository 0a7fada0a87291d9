// What paper venues have to tell an engine that was there before them: a restart of the service is
// a restart of its paper venues, which know of nothing that was under way.
#pragma once

#include <vector>

#include "engine/engine.hpp"
#include "model/event.hpp"

namespace ballast {

/// Orders that were open are cancelled, quotes pulled, transfers under way have failed.
std::vector<EventBody> paper_restart(const Engine& engine);

}  // namespace ballast
