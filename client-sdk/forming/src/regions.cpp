// Where the main towns of Finland's regions, Sweden's counties and the provinces of the Netherlands lie, to a tenth of a degree:
// enough to say whether people live an hour or a day apart. Source: the towns' places on any map.
#include <algorithm>
#include <cmath>

#include "muistio/forming/applications.hpp"
#include "muistio/forming/table.hpp"

namespace muistio::forming {
namespace {

struct Region {
  std::string_view name;  // folded
  double latitude, longitude;
};

constexpr Region kRegions[] = {
    {"uusimaa", 60.2, 24.9},
    {"nyland", 60.2, 24.9},
    {"helsinki", 60.2, 24.9},
    {"varsinais-suomi", 60.5, 22.3},
    {"egentliga finland", 60.5, 22.3},
    {"turku", 60.5, 22.3},
    {"satakunta", 61.5, 21.8},
    {"pori", 61.5, 21.8},
    {"kanta-häme", 61.0, 24.5},
    {"egentliga tavastland", 61.0, 24.5},
    {"pirkanmaa", 61.5, 23.8},
    {"birkaland", 61.5, 23.8},
    {"tampere", 61.5, 23.8},
    {"päijät-häme", 61.0, 25.7},
    {"päijänne-tavastland", 61.0, 25.7},
    {"kymenlaakso", 60.9, 26.7},
    {"kymmenedalen", 60.9, 26.7},
    {"etelä-karjala", 61.1, 28.2},
    {"södra karelen", 61.1, 28.2},
    {"etelä-savo", 61.7, 27.3},
    {"södra savolax", 61.7, 27.3},
    {"pohjois-savo", 62.9, 27.7},
    {"norra savolax", 62.9, 27.7},
    {"pohjois-karjala", 62.6, 29.8},
    {"norra karelen", 62.6, 29.8},
    {"keski-suomi", 62.2, 25.7},
    {"mellersta finland", 62.2, 25.7},
    {"etelä-pohjanmaa", 62.8, 22.8},
    {"södra österbotten", 62.8, 22.8},
    {"pohjanmaa", 63.1, 21.6},
    {"österbotten", 63.1, 21.6},
    {"keski-pohjanmaa", 63.8, 23.1},
    {"mellersta österbotten", 63.8, 23.1},
    {"pohjois-pohjanmaa", 65.0, 25.5},
    {"norra österbotten", 65.0, 25.5},
    {"kainuu", 64.2, 27.7},
    {"kajanaland", 64.2, 27.7},
    {"lappi", 66.5, 25.7},
    {"lappland", 66.5, 25.7},
    {"ahvenanmaa", 60.1, 19.9},
    {"åland", 60.1, 19.9},
    {"stockholm", 59.3, 18.1},
    {"uppsala", 59.9, 17.6},
    {"södermanland", 58.8, 17.0},
    {"östergötland", 58.4, 15.6},
    {"jönköping", 57.8, 14.2},
    {"kronoberg", 56.9, 14.8},
    {"kalmar", 56.7, 16.4},
    {"gotland", 57.6, 18.3},
    {"blekinge", 56.2, 15.6},
    {"skåne", 55.6, 13.0},
    {"halland", 56.7, 12.9},
    {"västra götaland", 57.7, 12.0},
    {"värmland", 59.4, 13.5},
    {"örebro", 59.3, 15.2},
    {"västmanland", 59.6, 16.5},
    {"dalarna", 60.6, 15.6},
    {"gävleborg", 60.7, 17.1},
    {"västernorrland", 62.6, 17.9},
    {"jämtland", 63.2, 14.6},
    {"västerbotten", 63.8, 20.3},
    {"norrbotten", 65.6, 22.2},
    {"groningen", 53.2, 6.6},
    {"friesland", 53.2, 5.8},
    {"fryslân", 53.2, 5.8},
    {"drenthe", 53.0, 6.6},
    {"overijssel", 52.5, 6.1},
    {"flevoland", 52.5, 5.5},
    {"gelderland", 52.0, 5.9},
    {"utrecht", 52.1, 5.1},
    {"noord-holland", 52.4, 4.6},
    {"zuid-holland", 52.1, 4.3},
    {"zeeland", 51.5, 3.6},
    {"noord-brabant", 51.7, 5.3},
    {"limburg", 50.9, 5.7},
};

}  // namespace

std::optional<Spot> spot_of(std::string_view region) {
  const auto name = folded(region);
  const auto* at = std::find_if(std::begin(kRegions), std::end(kRegions), [&](const auto& each) { return each.name == name; });
  if (at == std::end(kRegions)) return std::nullopt;
  return Spot{at->latitude, at->longitude};
}

double kilometres(Spot from, Spot to) noexcept {
  constexpr double kDegree = 3.14159265358979323846 / 180;
  constexpr double kEarth = 6371;
  const double north = std::sin((to.latitude - from.latitude) * kDegree / 2);
  const double east = std::sin((to.longitude - from.longitude) * kDegree / 2);
  const double chord = north * north + std::cos(from.latitude * kDegree) * std::cos(to.latitude * kDegree) * east * east;
  return 2 * kEarth * std::asin(std::sqrt(std::min(1.0, chord)));
}

}  // namespace muistio::forming
