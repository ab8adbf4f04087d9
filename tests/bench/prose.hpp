// Invented prose of a given length, the same for the same seed: benchmarks write it instead of random bytes, so that deflate has what
// it has in life.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace muistio::bench {

inline std::string prose(std::size_t bytes, std::uint64_t seed) {
  static constexpr std::array<std::string_view, 48> kWords = {
      "tapaaminen", "aineisto", "asiakas", "varasto", "pakkaus", "toimitus", "hinta", "kampanja", "verkkokauppa", "palautus", "kevään",
      "sovittiin", "puhuttiin", "kokeillaan", "ensi", "viikolla", "mukaan", "ja", "että", "mutta", "vielä", "kanssa", "meillä", "teillä",
      "bijeenkomst", "klant", "voorraad", "levering", "prijs", "afspraak", "volgende", "week", "samen", "en", "maar", "nog", "met",
      "omzet", "retour", "voorbeeld", "vraag", "antwoord", "leren", "team", "planning", "kosten", "proberen", "winkel"};
  std::uint64_t state = seed * 0x9e3779b97f4a7c15ULL + 1;
  std::string text;
  while (text.size() < bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    text += kWords[state % kWords.size()];
    text += state >> 40 & 15 ? " " : ".\n";
  }
  // Cut between characters, then fill up to the length.
  std::size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  text.resize(bytes, '.');
  return text;
}

}  // namespace muistio::bench
