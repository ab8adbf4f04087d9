/* The whole C interface of muistio. C99, C++ and Objective-C. The rules that hold for all of it are in base.h. */
#ifndef MUISTIO_C_MUISTIO_H
#define MUISTIO_C_MUISTIO_H

#include "answer.h"
#include "base.h"
#include "client.h"
#include "clubs.h"
#include "devices.h"
#include "meetings.h"
#include "members.h"
#include "notes.h"
#include "records.h"
#include "status.h"
#include "sync.h"

#endif
