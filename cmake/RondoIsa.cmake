# The only place with instruction-set flags. rondo_isa_sources(target AVX2 a.cc ... AVX512 b.cc ...) gives each
# translation unit the flags of its variant; everything else is built for the baseline of the platform.
set(RONDO_AVX2_FLAGS -mavx2 -mfma)
set(RONDO_AVX512_FLAGS -mavx512f -mavx512cd -mavx512dq -mavx512bw -mavx512vl -mavx2 -mfma)

function(rondo_isa_sources target)
  cmake_parse_arguments(ARG "" "" "AVX2;AVX512" ${ARGN})
  set_source_files_properties(${ARG_AVX2} PROPERTIES COMPILE_OPTIONS "${RONDO_AVX2_FLAGS}")
  set_source_files_properties(${ARG_AVX512} PROPERTIES COMPILE_OPTIONS "${RONDO_AVX512_FLAGS}")
  target_sources(${target} PRIVATE ${ARG_AVX2} ${ARG_AVX512})
endfunction()
