// Queries that are asked again when something changed, and whose new answers are handed out.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "muistio/client.hpp"
#include "muistio/home/home.hpp"

namespace muistio {

/// The subscriptions of a client. `add` from any thread; `refresh` on the client's.
class Observers {
 public:
  /// Asks `query` and calls `changed` with the answer, now and whenever it is another one. A query that fails is passed over.
  template <class Query, class Changed>
  [[nodiscard]] Subscription add(Query query, Changed changed) {
    using Answer = std::decay_t<decltype(*query(std::declval<home::Home&>()))>;
    auto ask = [query = std::move(query), changed = std::move(changed), last = std::optional<Answer>()](home::Home& home) mutable {
      auto answer = query(home);
      if (!answer || (last && *last == *answer)) return;
      last = std::move(*answer);
      changed(*last);
    };
    auto token = std::make_shared<std::function<void(home::Home&)>>(std::move(ask));
    const std::lock_guard guard(mutex_);
    asks_.push_back(token);
    return Subscription(token);
  }

  void refresh(home::Home& home) {
    std::vector<std::shared_ptr<std::function<void(home::Home&)>>> asks;
    {
      const std::lock_guard guard(mutex_);
      std::erase_if(asks_, [](const auto& ask) { return ask.expired(); });
      for (const auto& ask : asks_)
        if (auto held = ask.lock()) asks.push_back(std::move(held));
    }
    for (const auto& ask : asks) (*ask)(home);
  }

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<std::function<void(home::Home&)>>> asks_;
};

}  // namespace muistio
