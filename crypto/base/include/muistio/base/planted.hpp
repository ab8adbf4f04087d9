// Checks that a test program may plant off, to show that the check is what stops an attack. In every other program the macro is the
// constant `false`: only tests/evil compiles with MUISTIO_PLANTS, and .ci/check-symbols looks that no program has
// `muistio_planted`.
#pragma once

#ifdef MUISTIO_PLANTS
/// Whether the check of this name is planted off. Defined by the test program.
bool muistio_planted(const char* check) noexcept;
#define MUISTIO_PLANTED(check) ::muistio_planted(check)
#else
#define MUISTIO_PLANTED(check) false
#endif
