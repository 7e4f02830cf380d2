# Run by CTest: BUILD_DIR is the built tree, CONSUMER the stranger's project, MODEL something for it to run if it exists,
# SCRATCH a folder to use and leave behind, GENERATOR and CXX as the tree was configured, VERSION what the package must
# call itself.
function(must)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " line)
    message(FATAL_ERROR "${line}\nended with ${status}:\n${out}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
must(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${SCRATCH}/first)
# A package must survive being moved, so it is used from another place than it was installed to.
file(RENAME ${SCRATCH}/first ${SCRATCH}/prefix)

file(GLOB_RECURSE headers RELATIVE ${SCRATCH}/prefix/include ${SCRATCH}/prefix/include/*)
foreach(header IN LISTS headers)
  if(NOT header MATCHES "^rondo/[a-z_]+\\.h$")
    message(FATAL_ERROR "installed '${header}', which is no public header")
  endif()
endforeach()

must(${CMAKE_COMMAND} -S ${CONSUMER} -B ${SCRATCH}/build -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${CXX}
     -DCMAKE_PREFIX_PATH=${SCRATCH}/prefix -DEXPECTED_VERSION=${VERSION}
     # Whoever finds protobuf or oneDNN through our package has been handed a dependency by mistake.
     -DCMAKE_DISABLE_FIND_PACKAGE_Protobuf=ON -DCMAKE_DISABLE_FIND_PACKAGE_ONNX=ON)
must(${CMAKE_COMMAND} --build ${SCRATCH}/build)
foreach(argument "" ${MODEL})
  if(argument STREQUAL "" OR EXISTS ${argument})
    must(${SCRATCH}/build/consumer ${argument})
    if(NOT out MATCHES "consumer: ok")
      message(FATAL_ERROR "the consumer ran '${argument}' but said:\n${out}")
    endif()
  endif()
endforeach()
if(EXISTS ${SCRATCH}/prefix/bin/rondo)
  must(${SCRATCH}/prefix/bin/rondo --help)
endif()
