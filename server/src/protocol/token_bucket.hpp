// A rate limit for one connection.
#pragma once

#include <algorithm>

#include "muistio/base/ids.hpp"
#include "muistio/server/engine.hpp"

namespace muistio::server {

/// Fills at `rate.per_second` up to `rate.burst`; may be overdrawn by one burst before `flooded`.
class TokenBucket {
 public:
  enum class Level { good, over, flooded };

  TokenBucket(Rate rate, MonotonicMs now) : rate_(rate), level_(rate.burst), at_(now) {}

  /// Takes `amount`. What is over is taken too, so that who goes on without waiting floods.
  Level take(double amount, MonotonicMs now) {
    if (now > at_)
      level_ = std::min(rate_.burst, level_ + rate_.per_second * static_cast<double>(now.value() - at_.value()) / 1000.0);
    at_ = std::max(at_, now);
    level_ -= amount;
    if (level_ >= 0) return Level::good;
    return level_ < -rate_.burst ? Level::flooded : Level::over;
  }

 private:
  Rate rate_;
  double level_;
  MonotonicMs at_;
};

}  // namespace muistio::server
