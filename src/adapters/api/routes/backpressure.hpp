// Backpressure: submissions that found the desk's inbox full wait here, in order, and are offered
// again until there is room or their time is up. Waiting costs no thread of the server's; at most
// `waiting_max` wait.
#pragma once

#include <functional>
#include <memory>

#include "adapters/api/routes/desk_port.hpp"

namespace ballast::api {

class Backpressure {
 public:
  struct Options {
    std::size_t waiting_max = 1024;
    Duration patience = Duration::seconds(5);
    Duration again = Duration::milliseconds(5);
  };
  Backpressure(DeskPort& desk, Options options);
  Backpressure(const Backpressure&) = delete;
  Backpressure& operator=(const Backpressure&) = delete;
  ~Backpressure();  // gives up on those that still wait

  /// Hands the submission over, now or when there is room. `gave_up` is called instead of its
  /// `done` where there was none in time. Any thread.
  void submit(Submission submission, std::function<void()> gave_up);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ballast::api
