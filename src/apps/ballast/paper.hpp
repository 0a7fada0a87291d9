// The paper venue as the execution of a served desk.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "engine/engine.hpp"
#include "ports/execution.hpp"

namespace ballast {

/// With the paper venue's defaults. First it tells the engine what became of what was under way.
Result<std::unique_ptr<Execution>> paper_execution(const Engine& engine);

}  // namespace ballast
