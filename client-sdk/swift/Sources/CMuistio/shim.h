#include <muistio/c/muistio.h>
