// WorldExecution: a DemoWorld as the execution of a live desk, its market and its people included:
// all that happens in it is told by time, as its venues tell of orders.
//
// So a clock alone drives it, at any speed. Single-threaded. It outlives an engine: the handles
// that engines own forward to it.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "ports/execution.hpp"
#include "sim/demo_world.hpp"

namespace ballast {

class WorldExecution final : public Execution {
 public:
  WorldExecution(const Desk& desk, std::uint64_t seed) : world_(desk, seed, DemoDays::endless) {}
  /// For one engine after the other.
  static std::unique_ptr<Execution> handle(std::shared_ptr<WorldExecution> world);

  void send(Timestamp now, const OrderRequest& request) override { world_.send(now, request); }
  void cancel(Timestamp now, const CancelRequest& request) override { world_.cancel(now, request); }
  void quote(Timestamp now, const QuoteRequest& request) override { world_.quote(now, request); }
  void transfer(Timestamp now, const TransferRequest& request) override {
    world_.transfer(now, request);
  }
  void observe(const Event& event) override { world_.observe(event); }
  std::optional<Timestamp> next_due() const override;
  Event take() override;

 private:
  Timestamp head_due() const;

  // The recording's next event is made when somebody asks for it: what it says may depend on all
  // that happened before.
  mutable DemoWorld world_;
  mutable std::optional<Event> head_;
  Timestamp reached_{};
};

}  // namespace ballast
