#include "sim/world_execution.hpp"

#include <algorithm>

#include "base/contract.hpp"

namespace ballast {
namespace {

class Handle final : public Execution {
 public:
  explicit Handle(std::shared_ptr<WorldExecution> world) : world_(std::move(world)) {}
  void send(Timestamp now, const OrderRequest& request) override { world_->send(now, request); }
  void cancel(Timestamp now, const CancelRequest& request) override {
    world_->cancel(now, request);
  }
  void quote(Timestamp now, const QuoteRequest& request) override { world_->quote(now, request); }
  void transfer(Timestamp now, const TransferRequest& request) override {
    world_->transfer(now, request);
  }
  void observe(const Event& event) override { world_->observe(event); }
  std::optional<Timestamp> next_due() const override { return world_->next_due(); }
  Event take() override { return world_->take(); }

 private:
  std::shared_ptr<WorldExecution> world_;
};

}  // namespace

std::unique_ptr<Execution> WorldExecution::handle(std::shared_ptr<WorldExecution> world) {
  return std::make_unique<Handle>(std::move(world));
}

/// A late event arrives when its turn comes.
Timestamp WorldExecution::head_due() const {
  if (!head_) {
    Event event;
    const auto present = world_.next(event);
    BALLAST_ASSERT(present && *present);  // it never ends
    head_ = std::move(event);
  }
  return std::max(head_->t, reached_);
}

std::optional<Timestamp> WorldExecution::next_due() const {
  const Timestamp recorded = head_due();
  const auto executed = world_.next_due();
  return executed ? std::min(*executed, recorded) : recorded;
}

Event WorldExecution::take() {
  const Timestamp recorded = head_due();
  const auto executed = world_.next_due();
  reached_ = executed ? std::min(*executed, recorded) : recorded;
  if (executed && *executed <= recorded) return world_.take();
  Event event = std::move(*head_);
  head_.reset();
  return event;
}

}  // namespace ballast
