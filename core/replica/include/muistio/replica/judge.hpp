// Who did it, and whether they may.
#pragma once

#include <functional>

#include "muistio/base/ids.hpp"
#include "muistio/base/role.hpp"

namespace muistio::replica {

struct Op;
class Document;

/// Who made a change, as its batch's signature and the charter in force at its place in the log say.
struct Author {
  MemberId member;
  DeviceId device;
  Role role = Role::member;
  friend bool operator==(const Author&, const Author&) = default;
};

/// Whether `author` may do `op`. `document` is what is held of the op's document, or null. An op that is refused is passed over, on
/// every device alike; so the answer must not depend on the order of arrival. It may use the op, the author, and what stays as it
/// is once it is known: who created the document, and which member a device that wrote in it belongs to.
using Judge = std::function<bool(const Op& op, const Author& author, const Document* document)>;

/// Lets everybody do everything.
[[nodiscard]] inline Judge permit_all() {
  return [](const Op&, const Author&, const Document*) { return true; };
}

}  // namespace muistio::replica
