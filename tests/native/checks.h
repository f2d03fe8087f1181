#pragma once

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

/** Ends the program with the place and both values when `actual` is not `expected`. */
#define EXPECT_EQUAL(actual, expected)                                                                       \
  do {                                                                                                       \
    const auto actualValue = (actual);                                                                       \
    const auto expectedValue = (expected);                                                                   \
    if (actualValue == expectedValue) break;                                                                 \
    std::ostringstream text;                                                                                 \
    text << __FILE__ << ":" << __LINE__ << ": expected " #actual " to be " << expectedValue << " but it is " \
         << actualValue << "\n";                                                                             \
    std::fputs(text.str().c_str(), stderr);                                                                  \
    std::exit(1);                                                                                            \
  } while (false)
