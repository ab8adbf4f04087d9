// One rule of RFC 9420, one test: what keeps the rule is accepted first, then what breaks exactly that rule is refused with the
// code that the test names. The table docs/mls-validation.md is made from these markers.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/result.hpp"

namespace muistio::mls::test {

/// Section of the RFC, what breaks the rule (also the test's name), the error, the test's file.
struct Rule {
  std::string section;
  ErrorCode code{};
  std::string sentence;
  std::string file;
};

/// Every rule of this program, by section.
[[nodiscard]] std::vector<Rule> all_rules();

/// Judges one rule. A test that has not accepted its twin and refused its fault fails.
class Trial {
 public:
  explicit Trial(ErrorCode code) : code_(code) {}

  template <class T>
  void accepts(const Result<T>& result) {
    INFO((result ? std::string() : result.error().message()));
    REQUIRE(result.has_value());
    ++accepted_;
  }
  /// With `because`, the error's detail must contain it: where one code stands for several rules.
  template <class T>
  void refuses(const Result<T>& result, std::string_view because = {}) {
    REQUIRE_FALSE(result.has_value());
    INFO(result.error().message());
    REQUIRE(result.error().code == code_);
    REQUIRE(result.error().detail.find(because) != std::string::npos);
    ++refused_;
  }
  /// What `judge` says of the twin, of the fault, and of the twin again: a refusal leaves no trace.
  template <class Judge, class Good, class Bad>
  void judges(Judge&& judge, const Good& good, const Bad& bad, std::string_view because = {}) {
    accepts(judge(good));
    refuses(judge(bad), because);
    accepts(judge(good));
  }
  void finish() const {
    REQUIRE(accepted_ > 0);
    REQUIRE(refused_ > 0);
  }

 private:
  ErrorCode code_;
  int accepted_ = 0;
  int refused_ = 0;
};

void register_rule(Rule rule);
struct Registration {
  Registration(std::string section, ErrorCode code, std::string sentence, std::string file) {
    register_rule({std::move(section), code, std::move(sentence), std::move(file)});
  }
};

#define MUISTIO_RULE_NAMED(section, code, sentence, body)                                                                     \
  static void body(::muistio::mls::test::Trial& trial);                                                                       \
  static const ::muistio::mls::test::Registration body##_registered(section, ::muistio::ErrorCode::code, sentence, __FILE__); \
  TEST_CASE(sentence, "[" section "]") {                                                                                      \
    ::muistio::mls::test::Trial one_trial(::muistio::ErrorCode::code);                                                        \
    body(one_trial);                                                                                                          \
    one_trial.finish();                                                                                                       \
  }                                                                                                                           \
  static void body(::muistio::mls::test::Trial& trial)
#define MUISTIO_RULE_JOIN(section, code, sentence, line) MUISTIO_RULE_NAMED(section, code, sentence, rule_at_##line)
#define MUISTIO_RULE_AT(section, code, sentence, line) MUISTIO_RULE_JOIN(section, code, sentence, line)
/// A test of one rule, its body after it in braces; `trial` is the Trial. `section` is "12.2" for RFC 9420 §12.2.
#define RULE(section, code, sentence) MUISTIO_RULE_AT(section, code, sentence, __LINE__)

}  // namespace muistio::mls::test
