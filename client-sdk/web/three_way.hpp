// operator<=> of the standard containers that our defaulted comparisons use: C++20 has them, libc++ 14 (of Debian's emscripten) does not
// yet. Included before every file of the WebAssembly build; goes when that compiler does.
#pragma once

#include <version>

#if defined(_LIBCPP_VERSION) && _LIBCPP_VERSION < 15000
#include <array>
#include <compare>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace std {

template <class Iterator>
constexpr strong_ordering muistio_compare(Iterator left, Iterator left_end, Iterator right, Iterator right_end) {
  for (; left != left_end && right != right_end; ++left, ++right)
    if (const strong_ordering order = *left <=> *right; order != 0) return order;
  return (left != left_end) <=> (right != right_end);
}
template <class T, size_t N>
constexpr strong_ordering operator<=>(const array<T, N>& left, const array<T, N>& right) {
  return muistio_compare(left.begin(), left.end(), right.begin(), right.end());
}
template <class T>
constexpr strong_ordering operator<=>(const vector<T>& left, const vector<T>& right) {
  return muistio_compare(left.begin(), left.end(), right.begin(), right.end());
}
inline strong_ordering operator<=>(const string& left, const string& right) { return left.compare(right) <=> 0; }
template <class T, class U>
constexpr strong_ordering operator<=>(const pair<T, U>& left, const pair<T, U>& right) {
  if (const strong_ordering order = left.first <=> right.first; order != 0) return order;
  return left.second <=> right.second;
}
template <class T>
constexpr strong_ordering operator<=>(const optional<T>& left, const optional<T>& right) {
  if (left && right) return *left <=> *right;
  return left.has_value() <=> right.has_value();
}

}  // namespace std
#endif
