# rondo_warnings: linked privately by every target of ours.
add_library(rondo_warnings INTERFACE)
target_compile_options(rondo_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast -ffp-contract=off
                       # gcc 12 warns falsely inside std::string (gcc bug 105651)
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
                       $<$<BOOL:${RONDO_DEVELOPER}>:-Werror>)
