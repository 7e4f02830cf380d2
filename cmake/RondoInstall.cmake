# What `cmake --install` puts in place: librondo.so with the public headers, the command, and a CMake package, so that a
# consumer writes find_package(rondo) and links Rondo::rondo. Everything the library is built from is linked into it or
# found by the dynamic linker; a consumer needs neither protobuf nor oneDNN nor their headers.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

if(TARGET rondo)
  target_include_directories(rondo INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(rondo INTERFACE cxx_std_20)
  set_target_properties(rondo PROPERTIES EXPORT_NAME rondo VERSION ${PROJECT_VERSION}
                                         SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  add_library(Rondo::rondo ALIAS rondo)

  set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/rondo)
  install(TARGETS rondo EXPORT RondoTargets)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/engine/include/rondo DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
          FILES_MATCHING PATTERN "*.h")
  install(EXPORT RondoTargets NAMESPACE Rondo:: FILE rondo-targets.cmake DESTINATION ${package_dir})
  # Lower case with a dash: find_package(rondo) and find_package(Rondo) both look for it.
  configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/rondo-config.cmake.in ${PROJECT_BINARY_DIR}/rondo-config.cmake
                                INSTALL_DESTINATION ${package_dir})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/rondo-config-version.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/rondo-config.cmake ${PROJECT_BINARY_DIR}/rondo-config-version.cmake
          DESTINATION ${package_dir})
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()

if(TARGET rondo_cli)
  # Found from wherever the prefix is moved to.
  file(RELATIVE_PATH lib_from_bin ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(rondo_cli PROPERTIES OUTPUT_NAME rondo INSTALL_RPATH "$ORIGIN/${lib_from_bin}")
  install(TARGETS rondo_cli)
endif()
