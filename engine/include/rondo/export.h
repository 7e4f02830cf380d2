// RONDO_API marks what librondo.so shows; everything else is built hidden.
#pragma once

#define RONDO_API __attribute__((visibility("default")))
