// A library needs one object of its own.
#include "rondo/session.h"
