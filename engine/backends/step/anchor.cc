// The contract is in headers; a library needs one object.
#include "backends/step/step.h"
