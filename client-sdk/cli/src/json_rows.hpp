// How verbs print: JSON on one line, or rows of columns.
#pragma once

#include <initializer_list>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "muistio/home/meeting_views.hpp"

namespace muistio::cli {

using RowJson = nlohmann::ordered_json;

/// On one line; bytes of a file name that are not UTF-8 are replaced.
inline std::string text_of(const RowJson& json) { return json.dump(-1, ' ', false, RowJson::error_handler_t::replace); }
inline void print_json(const RowJson& json) { std::cout << text_of(json) << "\n"; }

/// Columns separated by tabs: what would break them becomes a space.
inline void print_row(std::initializer_list<std::string> columns) {
  bool is_first = true;
  for (const auto& column : columns) {
    if (!is_first) std::cout << "\t";
    is_first = false;
    for (const char c : column) std::cout << (static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
  }
  std::cout << "\n";
}

template <class Id>
RowJson optional_id_json(const std::optional<Id>& id) {
  return id ? RowJson(id->hex()) : RowJson(nullptr);
}

/// As members are named everywhere: the first 32 digits.
inline std::string id_of(const MemberId& member) { return member.hex().substr(0, 32); }

inline RowJson person_json(const home::Person& who) { return {{"id", id_of(who.id)}, {"name", who.name}}; }
inline RowJson person_json(const std::optional<home::Person>& who) { return who ? person_json(*who) : RowJson(nullptr); }

inline RowJson people_json(const std::vector<home::Person>& list) {
  auto json = RowJson::array();
  for (const auto& each : list) json.push_back(person_json(each));
  return json;
}

template <class T, class Show>
RowJson json_of_all(const std::vector<T>& list, Show show) {
  auto json = RowJson::array();
  for (const auto& each : list) json.push_back(show(each));
  return json;
}

}  // namespace muistio::cli
