# RONDO_SANITIZE: sanitizers compiled into every target of ours, as a list ("address;undefined" or "thread").
# Debian's protobuf, ONNX and oneDNN are not instrumented; what that asks for stands in the test presets.
set(RONDO_SANITIZE "" CACHE STRING "Sanitizers for every target: address;undefined or thread")

if(RONDO_SANITIZE)
  foreach(name IN LISTS RONDO_SANITIZE)
    if(NOT name MATCHES "^(address|undefined|leak|thread)$")
      message(FATAL_ERROR "RONDO_SANITIZE names '${name}': expected address, undefined, leak or thread")
    endif()
  endforeach()
  list(JOIN RONDO_SANITIZE "," names)
  # A finding ends the program, so a test that has one fails.
  add_compile_options(-fsanitize=${names} -fno-sanitize-recover=all -fno-omit-frame-pointer
                      # gcc's flow warnings are unreliable in instrumented code (its manual says so under -Wall).
                      $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  if(names MATCHES "address" AND names MATCHES "undefined")
    # The address sanitizer sees these too; twice makes vector kernels half as slow again to compile.
    add_compile_options(-fno-sanitize=null,object-size)
  endif()
  add_link_options(-fsanitize=${names})
endif()
