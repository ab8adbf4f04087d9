// No check is planted off. A test program that plants some defines this function itself.
#include "muistio/base/planted.hpp"

bool muistio_planted(const char*) noexcept { return false; }
