// Something that works beside a live desk: puts events in, serves, tells others.
#pragma once

#include "base/result.hpp"

namespace ballast {

class ServicePart {
 public:
  virtual ~ServicePart() = default;
  /// Once the desk runs.
  virtual Result<void> start() = 0;
  /// Before the desk is drained; at once, and more than once.
  virtual void stop() = 0;

 protected:
  ServicePart() = default;
  ServicePart(const ServicePart&) = delete;
  ServicePart& operator=(const ServicePart&) = delete;
};

}  // namespace ballast
