// HeldExecution: keeps what control wants done until the events that led to it are durable.
#pragma once

#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "ports/execution.hpp"

namespace ballast {

class HeldExecution final : public Execution {
 public:
  explicit HeldExecution(std::unique_ptr<Execution> to) : to_(std::move(to)) {}

  void send(Timestamp now, const OrderRequest& request) override {
    held_.push_back({now, request});
  }
  void cancel(Timestamp now, const CancelRequest& request) override {
    held_.push_back({now, request});
  }
  void quote(Timestamp now, const QuoteRequest& request) override {
    held_.push_back({now, request});
  }
  void transfer(Timestamp now, const TransferRequest& request) override {
    held_.push_back({now, request});
  }
  void observe(const Event& event) override { to_->observe(event); }
  std::optional<Timestamp> next_due() const override { return to_->next_due(); }
  Event take() override { return to_->take(); }

  /// All that is held, in order: what led to it is durable.
  void release() {
    for (const Held& held : held_)
      std::visit([&](const auto& request) { forward(held.now, request); }, held.request);
    held_.clear();
  }

 private:
  struct Held {
    Timestamp now;
    std::variant<OrderRequest, CancelRequest, QuoteRequest, TransferRequest> request;
  };
  void forward(Timestamp now, const OrderRequest& request) { to_->send(now, request); }
  void forward(Timestamp now, const CancelRequest& request) { to_->cancel(now, request); }
  void forward(Timestamp now, const QuoteRequest& request) { to_->quote(now, request); }
  void forward(Timestamp now, const TransferRequest& request) { to_->transfer(now, request); }

  std::unique_ptr<Execution> to_;
  std::vector<Held> held_;
};

}  // namespace ballast
