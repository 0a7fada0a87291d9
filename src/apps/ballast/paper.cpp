#include "apps/ballast/paper.hpp"

#include <utility>

#include "sim/paper_restart.hpp"
#include "sim/paper_venue.hpp"

namespace ballast {

Result<std::unique_ptr<Execution>> paper_execution(const Engine& engine) {
  BALLAST_TRY(venue, PaperVenue::create(engine.desk(), PaperOptions{}));
  auto execution = std::make_unique<PaperVenue>(std::move(venue));
  if (engine.started()) execution->announce(engine.now(), paper_restart(engine));
  return execution;
}

}  // namespace ballast
