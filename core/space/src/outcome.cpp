#include "muistio/space/outcome.hpp"

namespace muistio::space {

std::string_view step_name(Step step) noexcept {
  switch (step) {
    case Step::form:
      return "form";
    case Step::message:
      return "message";
    case Step::sender:
      return "sender";
    case Step::proposals:
      return "proposals";
    case Step::lists:
      return "lists";
    case Step::roles:
      return "roles";
    case Step::charter:
      return "charter";
    case Step::path:
      return "path";
    case Step::decryption:
      return "decryption";
    case Step::confirmation:
      return "confirmation";
  }
  return "unknown";
}

}  // namespace muistio::space
